// A person's first day: moving in, writing moments, finding, changing and taking them back.
import { test } from "node:test";
import assert from "node:assert/strict";
import { addUser, keep, moveIn, owner, serve, signIn, visitor } from "./kith.mjs";

test("set-up asks for three things and ends on Today with a suggestion", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await page.goto(kith.url + "/");
  assert.match(await page.textContent("main"), /Nobody lives here yet/);
  await page.goto(kith.setup);
  assert.equal(await page.locator("main input:not([type=hidden])").count(), 3);
  await page.fill("[name=name]", owner.name);
  await page.fill("[name=email]", owner.email);
  await page.fill("[name=password]", "short");
  await page.click("form .main");
  assert.match(await page.textContent("#password-wrong"), /10/);
  assert.equal(await page.inputValue("[name=name]"), owner.name, "typed words are kept");
  await page.fill("[name=password]", owner.password);
  await page.click("form .main");
  await page.waitForURL(kith.url + "/");
  assert.ok((await page.textContent(".suggestion p")).length > 10);
  assert.equal(await page.locator(".more-suggestions .suggestion").count(), 2);
  await page.goto(kith.url + "/settings");
  assert.equal(await page.inputValue("#zone"), "Europe/Berlin", "the zone came from the browser");
  const again = await page.goto(kith.setup);
  assert.ok(again.status() >= 400, "the link works once");
});

test("a suggestion becomes the intention and can be closed", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const words = (await page.textContent(".suggestion p")).trim();
  await page.click("button[value=not_now] >> nth=0");
  await page.waitForLoadState();
  const next = page.locator(".suggestion").first();
  assert.notEqual((await next.locator("p").first().textContent()).trim(), words, "not now means not now");
  const chosen = (await next.locator("p").first().textContent()).trim();
  await next.locator("button[value=accepted]").click();
  assert.match(await page.textContent(".intention"), new RegExp(chosen.slice(0, 20).replace(/[^\w ]/g, ".")));
  await page.click("form[action$='/done'] button");
  assert.equal(await page.locator(".intention.done").count(), 1);
});

test("own words with a cue become the intention", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.click(".own-words summary");
  await page.fill("#text", "ask Ida about her talk");
  await page.fill("#cue", "when I get coffee");
  await page.click(".own-words button");
  assert.match(await page.textContent(".intention"), /when I get coffee,\s*ask Ida about her talk/);
});

test("chips show what a line would become, and a tap corrects it", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.fill("#line", "thanked @Sam for the review #work #tea yesterday 3pm :)");
  await page.waitForSelector("[data-chips] [name=kind]");
  assert.equal(await page.inputValue("[data-chips] [name=kind]"), "thanks");
  assert.equal(await page.inputValue("[data-chips] [name=context]"), "professional");
  assert.equal(await page.inputValue("[data-chips] [name=felt]"), "1");
  assert.match(await page.inputValue("[data-chips] [name=happened_at]"), /T15:00$/);
  await page.selectOption("[data-chips] [name=kind]", "kindness");
  await page.click("text=#tea");
  await page.click(".capture button.main");
  await page.waitForURL(/kept=/);
  assert.match(await page.textContent(".notice"), /Kept, for/);
  await page.click(".notice a");
  const facts = await page.textContent(".facts");
  assert.match(facts, /kindness/);
  assert.match(facts, /professional/);
  assert.match(facts, /15:00/);
  assert.match(facts, /Sam/);
  assert.doesNotMatch(facts, /tea/);
});

test("a name that could mean several people is asked for, never guessed", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await keep(page, kith, 'met @"Ana María" and @"Ana Berg"');
  await page.goto(kith.url + "/");
  await page.fill("#line", "laughed with @Ana");
  await page.waitForSelector(".chip.ask");
  await page.click(".capture button.main");
  await page.waitForSelector("h1 >> text=Who was it");
  await page.selectOption(".chip.ask select", { label: "Ana Berg" });
  await page.click("form .main");
  await page.waitForURL(/kept=/);
  await page.click(".notice a");
  assert.match(await page.textContent(".facts"), /Ana Berg/);
});

test("everything works without JavaScript", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t, { javaScriptEnabled: false });
  await moveIn(page, kith);
  await page.fill("#line", "laughed with @Sam");
  await page.click(".capture button.main");
  await page.waitForURL(/kept=/);
  assert.match(await page.textContent("#moments"), /laughed with @Sam/);
  await page.goto(kith.url + "/capture?text=" + encodeURIComponent("thanked @Sam"));
  assert.equal(await page.inputValue("[name=kind]"), "thanks");
  await page.click("form .main");
  await page.waitForURL(/kept=/);
  await page.goto(kith.url + "/people");
  await page.click(".people a");
  assert.match(await page.textContent("main"), /Last: today, a thank-you/);
});

test("search, change, delete and undo", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await keep(page, kith, "thanked @José for the soup");
  await keep(page, kith, "laughed at the bus stop");
  await page.goto(kith.url + "/moments");
  await page.fill("[name=q]", "jose");
  await page.press("[name=q]", "Enter");
  await page.waitForURL(/q=jose/);
  assert.equal(await page.locator(".moment").count(), 1);
  await page.click(".moment .words");
  await page.click("main a.button");
  await page.fill("#text", "thanked @José for the lentil soup");
  await page.selectOption("#felt", "2");
  await page.fill("#duration_min", "a while");
  await page.click("form .main");
  assert.match(await page.textContent("#duration_min-wrong"), /whole number/);
  assert.equal(await page.inputValue("#text"), "thanked @José for the lentil soup");
  await page.fill("#duration_min", "15");
  await page.click("form .main");
  assert.match(await page.textContent("main"), /lentil soup[\s\S]*bright[\s\S]*15/);
  await page.click("form[action$='/repeat'] button");
  await page.waitForURL(/kept=/);
  await page.click(".notice button");
  await page.waitForURL(/gone=/);
  assert.equal(await page.locator("#moments .moment").count(), 2);
  await page.click(".notice button");
  await page.waitForURL(/moments\//);
  await page.goto(kith.url + "/");
  assert.equal(await page.locator("#moments .moment").count(), 3);
  await page.goto(kith.url + "/moments?kind=laugh");
  assert.equal(await page.locator(".moment").count(), 1);
});

test("what is one person's is nobody else's", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await keep(page, kith, "thanked @Sam");
  const mine = new URL(await page.getAttribute(".notice a", "href"), kith.url).href;
  const other = { email: "bo@example.org", password: "nine brave lanterns" };
  await addUser(kith, other.email, other.password);
  const second = await visitor(t);
  await signIn(second, kith, other);
  await second.waitForURL(kith.url + "/");
  for (const path of ["", "/edit"]) assert.equal((await second.goto(mine + path)).status(), 404);
  assert.match(await second.textContent("h1"), /nothing here/);
  await second.goto(kith.url + "/people");
  assert.doesNotMatch(await second.textContent("main"), /Sam/);
});

test("an open page hears of what is logged elsewhere", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const stream = page.waitForResponse((r) => r.url().endsWith("/live"));
  await page.reload();
  await stream;
  const elsewhere = await page.context().newPage();
  await keep(elsewhere, kith, "laughed with @Ida");
  await page.bringToFront();
  await page.waitForSelector("#moments >> text=laughed with @Ida");
});
