// In the pocket: installed, without a network, and whose is what.
import { test } from "node:test";
import assert from "node:assert/strict";
import { addUser, moveIn, serve, signIn, visitor } from "./kith.mjs";

// has waits until a page that is kept on the device says these words.
const has = (page, path, words) =>
  page.evaluate(async ([path, words]) => {
    for (let i = 0; i < 400; i++) {
      const text = await (await caches.match(path))?.text();
      if (text?.includes(words)) return;
      await new Promise((r) => setTimeout(r, 50));
    }
    throw new Error(`${path} is kept without ${words}`);
  }, [path, words]);

// ready waits until the service worker keeps what it keeps without being asked.
async function ready(page, kith) {
  await page.goto(kith.url + "/");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await has(page, "/breathe/pause", "");
}

const write = async (page, line) => {
  await page.fill("#line", line);
  await page.press("#line", "Enter");
};

async function count(page, kith, words) {
  await page.goto(kith.url + "/moments?q=" + encodeURIComponent(words));
  return page.locator(".moment").count();
}

test("Kith can be installed: manifest, icons, shortcuts, sharing", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const cdp = await page.context().newCDPSession(page);
  const { data, errors } = await cdp.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const m = JSON.parse(data);
  assert.equal(m.display, "standalone");
  assert.equal(m.share_target.method, "GET");
  assert.equal(m.shortcuts.length, 3);
  assert.ok(m.icons.some((i) => i.purpose === "maskable"));
  for (const icon of m.icons) {
    const size = await page.evaluate(async (src) => {
      const img = new Image();
      img.src = src;
      await img.decode();
      return img.naturalWidth;
    }, icon.src);
    if (icon.sizes !== "any") assert.equal(`${size}x${size}`, icon.sizes);
  }
  await ready(page, kith);
  const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
  assert.deepEqual(installabilityErrors.map((e) => e.errorId).filter((id) => id !== "in-incognito"), [], "only that the test's browser keeps nothing");
  await page.goto(new URL(m.start_url, kith.url).href);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "line", "it opens ready to write");
  await page.goto(kith.url + "/capture?" + new URLSearchParams({ title: "A talk", text: "A talk about bees", url: "https://example.org/bees" }));
  assert.equal(await page.inputValue("#line"), "A talk about bees https://example.org/bees");
  assert.equal(await count(page, kith, "bees"), 0, "opening an address saves nothing");
});

test("without a network Today, writing, names, breathing and the last weeks open, and what is written arrives once", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await write(page, "thanked @Sam for the soup");
  await page.waitForURL(/kept=/);
  await ready(page, kith);
  await has(page, "/", "soup");
  await has(page, "/people/names", "Sam");
  await has(page, "/moments", "soup");
  await page.context().setOffline(true);
  await page.goto(kith.url + "/?write");
  assert.match(await page.textContent("[data-pocket-from]"), /No network/);
  await write(page, "laughed with the barista yesterday");
  await page.waitForSelector("#outbox >> text=saved here, not sent yet");
  assert.equal(await page.textContent("[data-told]"), "Saved on this device.");
  await page.click("#line");
  await page.keyboard.type("tea with @sa");
  await page.waitForSelector(".mentions [role=option]");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await page.inputValue("#line"), "tea with @Sam ");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#outbox >> text=tea with @Sam");
  await page.goto(kith.url + "/moments");
  assert.match(await page.textContent("#list"), /soup/);
  await page.waitForSelector("[data-pocket-waits] >> text=Waiting on this device: 2");
  await page.goto(kith.url + "/breathe/cyclic-sigh");
  assert.ok(await page.isVisible("[data-begin]"));
  await page.goto(kith.url + "/settings");
  assert.match(await page.textContent("h1"), /No network here/);
  await page.goto(kith.url + "/capture?text=" + encodeURIComponent("a link from elsewhere"));
  assert.equal(await page.inputValue("#line"), "a link from elsewhere");
  await page.goto(kith.url + "/");
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("[data-download]")]);
  let words = "";
  for await (const b of await file.createReadStream()) words += b;
  assert.deepEqual(JSON.parse(words).map((l) => l.text), ["laughed with the barista yesterday", "tea with @Sam"]);
  await page.context().setOffline(false);
  await page.waitForSelector("#moments >> text=tea with @Sam");
  await page.waitForSelector("#outbox", { state: "hidden" });
  assert.equal(await count(page, kith, "barista"), 1);
  assert.match(await page.textContent(".day-title >> nth=0"), /Yesterday/);
  assert.equal(await count(page, kith, "tea"), 1);
});

test("a session that ended asks to sign in and loses nothing", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await ready(page, kith);
  await page.context().clearCookies();
  await write(page, "walked with @Ida");
  await page.waitForSelector("[data-pocket-door]:visible");
  await page.click("[data-pocket-door]");
  await page.waitForSelector("[data-pocket-waits] >> text=Waiting on this device: 1");
  await signIn(page, kith, { email: "ana@example.org", password: "seven quiet otters" });
  await page.waitForSelector("#moments >> text=walked with @Ida");
  assert.equal(await count(page, kith, "walked"), 1);
});

test("whoever signs in next sees nothing of whoever was here, and sends nothing of theirs", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await write(page, "a secret of Ana's");
  await page.waitForURL(/kept=/);
  await ready(page, kith);
  const bo = { email: "bo@example.org", password: "nine brave lanterns" };
  await addUser(kith, bo.email, bo.password);
  const stale = await page.context().newPage(); // stays open as Ana's
  await stale.goto(kith.url + "/");
  await page.context().setOffline(true);
  await write(page, "waits for Ana");
  await page.waitForSelector("#outbox >> text=waits for Ana");
  await page.goto(kith.url + "/?");
  const keys = () => page.evaluate(async () => (await caches.keys()).filter((k) => k.startsWith("kith-own-")));
  assert.equal((await keys()).length, 1);
  await page.evaluate(() => {
    const f = Object.assign(document.createElement("form"), { method: "post", action: "/signout" });
    document.body.append(f);
    f.submit();
  });
  await page.waitForSelector("text=No network here");
  assert.deepEqual(await keys(), [], "signing out puts everything away, network or none");
  await page.goto(kith.url + "/");
  assert.doesNotMatch(await page.content(), /secret/);
  await page.context().clearCookies();
  await page.context().setOffline(false);
  await signIn(page, kith, bo);
  await page.waitForURL(kith.url + "/");
  await ready(page, kith);
  assert.doesNotMatch(await page.content(), /Ana's|waits for Ana/);
  await stale.fill("#line", "written on Ana's page");
  await stale.press("#line", "Enter");
  await stale.waitForSelector("[data-pocket-door]:visible");
  for (const words of ["waits", "written", "secret"]) assert.equal(await count(page, kith, words), 0, words);
  await page.context().clearCookies();
  await signIn(page, kith, { email: "ana@example.org", password: "seven quiet otters" });
  await page.waitForSelector("#moments >> text=written on Ana's page");
  await page.waitForSelector("#outbox", { state: "hidden" });
  for (const words of ["waits", "written"]) assert.equal(await count(page, kith, words), 1, words);
});

test("private words are on their page, and not in what a device keeps of it", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await write(page, "walked with @Sam");
  await page.waitForURL(/kept=/);
  await ready(page, kith);
  await page.click("a[href^='/people/'] >> text=Sam");
  await page.waitForURL(/\/people\/[0-9a-f-]{36}/);
  const sam = new URL(page.url()).pathname;
  for (const [text, closed] of [["keeps bees", false], ["owes money", true]]) {
    await page.goto(kith.url + sam);
    await page.click("summary >> text=something to remember");
    await page.fill("#fact-new-text", text);
    if (closed) await page.locator("form:has(#fact-new-text) [name=private]").check();
    await page.click("form:has(#fact-new-text) button");
    await page.waitForLoadState();
  }
  await page.goto(kith.url + "/reflect");
  await page.fill("#line", "a line for nobody");
  await page.check("[name=private]");
  await page.click(".evening button.main");
  await page.waitForURL(/\/day\//);
  const day = new URL(page.url()).pathname;
  for (const [path, open, closed] of [[sam, "keeps bees", "owes money"], [day, "walked with", "a line for nobody"]]) {
    await page.context().setOffline(false);
    await page.goto(kith.url + path);
    assert.match(await page.content(), new RegExp(closed), "its own page shows it");
    await has(page, path, open);
    await page.context().setOffline(true);
    await page.goto(kith.url + path);
    const kept = await page.content();
    assert.match(kept, new RegExp(open));
    assert.doesNotMatch(kept, new RegExp(closed));
  }
});

test("a clock that is hours off does not move a moment", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  for (const hours of [-5, 7]) {
    await page.addInitScript((off) => {
      const real = Date;
      const now = () => real.now() + off * 3_600_000;
      globalThis.Date = class extends real {
        constructor(...args) {
          super(...(args.length ? args : [now()]));
        }
        static now = now;
      };
    }, hours);
    await page.goto(kith.url + "/");
    await write(page, `${hours} hours off`);
    await page.waitForURL(/kept=/);
    await page.click(".notice a[href^='/moments/']");
    const at = await page.getAttribute(".facts time", "datetime");
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 10 * 60_000, at);
  }
});
