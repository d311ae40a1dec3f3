// People: found, met, remembered, joined. With a hand, with keys alone, without JavaScript, and by somebody else.
import { test } from "node:test";
import assert from "node:assert/strict";
import { addUser, faultless, keep, moveIn, serve, signIn, visitor } from "./kith.mjs";

const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mNwaDiAFTEMLQkAYvNgAQlPC90AAAAASUVORK5CYII=", "base64");

// post sends a form as the page's visitor, for what a test needs and does not test.
async function post(page, kith, path, form) {
  const answer = await page.context().request.post(kith.url + path, { form, maxRedirects: 0 });
  assert.equal(answer.status(), 303, `${path}: ${answer.status()}`);
  return answer.headers().location;
}

// live is a person from nothing to gone, as a hand does it.
async function live(page, kith) {
  const open = async (summary) => {
    await page.locator("summary", { hasText: summary }).first().click();
  };
  const save = async (within) => {
    await page.locator(within).getByRole("button", { name: "Save" }).click();
    await page.waitForLoadState();
  };
  await page.goto(kith.url + "/people");
  await page.fill("#new-name", "Sam Ortiz");
  await page.click("#new button");
  await page.waitForURL(/people\/[0-9a-f-]{36}$/);
  const sam = new URL(page.url()).pathname;
  assert.match(await page.textContent("main"), /Not in touch yet/);

  await open("something to remember");
  await page.fill("#fact-new-text", "Two cats, Miso and Tofu");
  await page.check("form[action$='/facts'] [name=private]");
  await save("form[action$='/facts']");
  assert.match(await page.textContent(".known"), /Miso and Tofu\s*private/);
  await open("Two cats");
  await page.locator("details[open] textarea").fill("Three cats");
  await save("details[open]");
  assert.match(await page.textContent(".known"), /Three cats/);

  await open("something to ask");
  await page.fill("#follow-up-new-text", "ask how the interview went");
  await page.fill("#follow-up-new-due", "2020-01-01");
  await save("form[action$='/follow-ups']");
  assert.match(await page.textContent(".asks .due"), /interview/);
  await page.getByRole("button", { name: "Done: ask how the interview went" }).click();
  await page.waitForURL(/closed=/);
  assert.equal(await page.locator(".asks").count(), 0);
  await page.click(".notice button");
  await page.waitForLoadState();
  assert.match(await page.textContent(".asks"), /interview/);
  await page.getByRole("button", { name: "Let it go: ask how the interview went" }).click();
  await page.waitForURL(/closed=/);

  await open("somebody who belongs to them");
  await page.fill("#relation-name", "Ida Berg");
  await page.fill("#relation-role", "daughter");
  await save("form[action$='/relations']");
  assert.match(await page.textContent(".known"), /Ida Berg is Sam Ortiz’s daughter/);

  await open("a way to reach them");
  await page.fill("#channel-new-value", "nothing like it");
  await page.selectOption("#channel-new-kind", "email");
  await save("form[action$='/channels']");
  assert.match(await page.textContent("#channel-new-value-wrong"), /e-mail/);
  assert.equal(await page.inputValue("#channel-new-value"), "nothing like it", "typed words are kept");
  await page.selectOption("#channel-new-kind", "phone");
  await page.fill("#channel-new-value", "+49 151 2345678");
  await save("form[action$='/channels']");
  assert.equal(await page.getAttribute(".reach a >> nth=1", "href"), "tel:+491512345678");

  await open("a date");
  await page.fill("#date-new-day", "31");
  await page.selectOption("#date-new-month", "4");
  await save("form[action$='/dates']");
  assert.ok(await page.isVisible("#date-new-day-wrong"));
  await page.selectOption("#date-new-month", "2");
  await page.fill("#date-new-day", "29");
  await save("form[action$='/dates']");
  assert.match(await page.textContent("#dates"), /Birthday\s*29 February/);

  await page.click("#closeness summary");
  await page.selectOption("#ring", "close");
  await save("#closeness");
  assert.match(await page.textContent("#closeness .said"), /close, about every 3 weeks/);
  await page.click("#groups summary");
  await page.fill("#group-names", "choir, the old flat");
  await save("#groups");
  assert.match(await page.textContent("#groups .said"), /choir, the old flat/);
  await page.click("#times summary");
  await page.fill("#zone", "Atlantis/Main");
  await save("#times");
  assert.ok(await page.isVisible("#zone-wrong"));
  await page.fill("#zone", "Asia/Tokyo");
  await page.fill("#hours-from", "09:00");
  await page.fill("#hours-to", "21:00");
  await save("#times");
  assert.match(await page.textContent(".there"), /It is/);
  await page.click("#standing summary");
  await page.check("#standing [value=grieving]");
  await save("#standing");
  assert.match(await page.textContent(".standing"), /grieving/);

  await page.click("#face summary");
  await page.setInputFiles("#photo", { name: "face.txt", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await page.click("#face button");
  await page.waitForSelector("#photo-wrong");
  await page.setInputFiles("#photo", { name: "face.png", mimeType: "image/png", buffer: png });
  await page.click("#face button");
  await page.waitForURL(kith.url + sam);
  assert.ok(await page.locator("img.face-l").evaluate((i) => i.decode().then(() => i.naturalWidth > 0)), "the photo is shown");

  await page.fill("#line", (await page.inputValue("#line")) + "laughed about the bus");
  await page.click(".log button.main");
  await page.waitForURL(/kept=/);
  assert.equal(new URL(page.url()).pathname, sam, "a line written on a page leads back to it");
  assert.match(await page.textContent("#list"), /laughed about the bus/);
  assert.match(await page.textContent(".person-last"), /Last: today, a laugh/);
  assert.match(await page.textContent("#year-line-title, .year-line title"), /One moment together/);
  return sam;
}

for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 900 }]) {
  test(`a person from nothing, ${viewport.width} px wide`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t, { viewport });
    await moveIn(page, kith);
    const sam = await live(page, kith);
    for (const d of await page.locator("main details").all()) await d.evaluate((e) => { e.removeAttribute("name"); e.open = true; });
    await faultless(page, "a person, all open");

    await post(page, kith, "/people", { name: "Ortiz, Sam" });
    await page.goto(kith.url + "/people");
    await faultless(page, "people");
    await page.click(".twins summary");
    await page.getByRole("link", { name: /^Compare/ }).click();
    await page.waitForURL(/merge\?with=/);
    await faultless(page, "two of one");
    await page.getByRole("button", { name: "Make them one" }).click();
    await page.waitForURL(/merged=/);
    await page.click(".notice button");
    await page.waitForURL(/parted=1/);

    await page.goto(kith.url + sam + "/merge");
    await page.fill("#merge-name", "nobody at all");
    await page.click("form .main");
    await page.waitForSelector("#merge-name-wrong");
    await faultless(page, "who else");
    await page.goto(kith.url + sam);
    await page.click("#page summary");
    await page.getByRole("button", { name: "Put it away" }).click();
    await page.waitForLoadState();
    assert.match(await page.textContent(".notice"), /put away/);
    await page.click(".notice button");
    await page.waitForLoadState();
    await page.click("#page summary");
    await page.getByRole("link", { name: "Delete this page" }).click();
    await page.waitForURL(/delete$/);
    assert.match(await page.textContent("main"), /keeps its words/);
    await faultless(page, "delete");
    await page.click(".grave");
    await page.waitForURL(/gone=/);
    assert.doesNotMatch(await page.textContent("#list"), /Sam Ortiz/);
    await page.goto(kith.url + "/moments");
    assert.match(await page.textContent("#list"), /laughed about the bus/, "the moment keeps its words");
  });
}

test("a person from nothing, without JavaScript", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t, { javaScriptEnabled: false });
  await moveIn(page, kith);
  const sam = await live(page, kith);
  await page.goto(kith.url + "/people");
  await page.fill("[name=q]", "bER");
  await page.click("[role=search] button >> nth=0");
  assert.equal(await page.locator(".people li").count(), 1);
  assert.match(await page.textContent(".people"), /Ida Berg/);
  await page.click("summary:has-text('Only some')");
  await page.fill("[name=q]", "");
  await page.selectOption("[name=ring]", "close");
  await page.click(".filters button");
  assert.match(await page.textContent(".people"), /Sam Ortiz/);
  assert.equal(await page.locator(".people li").count(), 1);
  await page.goto(kith.url + sam + "/merge");
  await page.fill("#merge-name", "ida");
  await page.click("form .main");
  await page.selectOption("[name=with]", { index: 0 });
  await page.click("form .main");
  await page.click("form .main");
  await page.waitForURL(/merged=/);
});

test("somebody among five hundred, in any script, while typing", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const names = ["José Álvarez", "Анна Каренина", "李明", "Nguyễn Thị Minh Khai", "Søren Ågård", "Γιώργος Παπάς"];
  for (let i = 0; names.length < 500; i++) names.push(`Person ${String.fromCharCode(97 + (i % 26))}${i}`);
  for (let i = 0; i < names.length; i += 25) await Promise.all(names.slice(i, i + 25).map((name) => post(page, kith, "/people", { name })));
  await page.goto(kith.url + "/people");
  await page.fill("[name=q]", "person a0");
  await page.waitForFunction(() => document.querySelectorAll("#list .people li").length === 1);
  for (const [typed, name] of [["alv", "José Álvarez"], ["кар", "Анна Каренина"], ["明", "李明"], ["khai ngu", "Nguyễn Thị Minh Khai"], ["soren ag", "Søren Ågård"], ["παπ", "Γιώργος Παπάς"]]) {
    const took = await page.evaluate((text) => new Promise((done) => {
      const field = document.querySelector("[name=q]");
      const began = performance.now();
      new MutationObserver((_, o) => { o.disconnect(); done(performance.now() - began); }).observe(document.querySelector("main"), { childList: true, subtree: true });
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }), typed);
    assert.equal(await page.locator("#list .people li").count(), 1, typed);
    assert.equal(await page.textContent("#list .person"), name);
    t.diagnostic(`${typed}: ${took.toFixed(1)} ms`);
  }
  assert.equal(await page.textContent("[data-found]"), "One person");
  // Who somebody is finds them too, behind who is called so.
  const id = async (name) => (await (await page.request.get(kith.url + "/people/names")).json()).find((p) => p.name === name).id;
  const jose = await id("José Álvarez");
  await post(page, kith, `/people/${jose}/relations`, { other: await id("Søren Ågård"), role: "daughter" });
  await post(page, kith, `/people/${jose}/facts`, { text: "Bakes bread in Aarhus" });
  for (const [typed, names] of [["aarhus", ["José Álvarez"]], ["Søren's father", ["José Álvarez"]], ["tochter", ["Søren Ågård"]]]) {
    await page.fill("[name=q]", typed);
    await page.waitForFunction((names) => [...document.querySelectorAll("#list .person")].map((e) => e.textContent).join() === names.join(), names);
  }
  // The server is asked once for what is typed, not at every key, and not while names fill the list.
  const asked = [];
  page.on("request", (r) => { if (r.url().includes("/people/known")) asked.push(new URL(r.url()).searchParams.get("q")); });
  await page.evaluate(async () => {
    const field = document.querySelector("[name=q]");
    for (const text of ["p", "pe", "a", "aa", "aar", "aarh", "aarhu", "aarhus"]) {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => setTimeout(done, text === "pe" ? 300 : 30));
    }
  });
  await page.waitForFunction(() => [...document.querySelectorAll("#list .person")].map((e) => e.textContent).join() === "José Álvarez");
  assert.deepEqual(asked, ["aarhus"]);
  await page.fill("[name=q]", "Søren's father");
  await page.waitForFunction(() => document.querySelector("#list .also")?.textContent === "Søren Ågård’s parent");
  await page.fill("[name=q]", "");
  await page.waitForFunction(() => document.querySelectorAll("#list .people li").length > 100);
  await page.fill("[name=q]", "nobody of that name");
  await page.waitForSelector("#list .invitation");
});

test("by keyboard alone", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t, { viewport: { width: 1280, height: 900 } });
  await moveIn(page, kith);
  await keep(page, kith, "laughed with @Ida");
  await keep(page, kith, "thanked @Igor");
  await page.goto(kith.url + "/people");
  await page.keyboard.press("/");
  await page.keyboard.type("i");
  await page.waitForFunction(() => document.querySelector("#list:not([data-live]) .people"));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForURL(/people\/[0-9a-f-]{36}$/);
  assert.equal(await page.textContent("h1"), "Ida");
  await page.focus(".adds summary");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("likes the sea");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#before/);
  assert.match(await page.textContent(".known"), /likes the sea/);
});

test("nobody else finds anything", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const sam = await post(page, kith, "/people", { name: "Sam" });
  await page.goto(kith.url + sam);
  await page.click("#face summary");
  await page.setInputFiles("#photo", { name: "face.png", mimeType: "image/png", buffer: png });
  await page.click("#face button");
  await page.waitForURL(kith.url + sam);
  const bo = { email: "bo@example.org", password: "eight loud badgers" };
  await addUser(kith, bo.email, bo.password);
  const other = await visitor(t);
  await signIn(other, kith, bo);
  await other.waitForURL(kith.url + "/");
  for (const path of ["", "/photo", "/merge", "/delete"]) {
    assert.equal((await other.context().request.get(kith.url + sam + path)).status(), 404, path);
  }
  for (const path of ["", "/facts", "/photo/delete", "/archive", "/delete", "/apart", "/merge"]) {
    const answer = await other.context().request.post(kith.url + sam + path, { form: { name: "Mine", text: "mine", with: "01900000-0000-7000-8000-000000000000" }, maxRedirects: 0 });
    assert.equal(answer.status(), 404, path);
  }
  assert.equal(await (await other.context().request.get(kith.url + "/people/names")).text(), "[]");
});
