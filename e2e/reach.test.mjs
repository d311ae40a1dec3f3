// Every page for everybody: no fault that axe can see in light and dark, no sideways scrolling at 320 px, all by
// keyboard, in German, and small on the wire.
import { test } from "node:test";
import assert from "node:assert/strict";
import { faultless, keep, moveIn, owner, serve, signIn, visitor } from "./kith.mjs";

async function looks(page, url, name) {
  const response = await page.goto(url);
  await faultless(page, name);
  return response;
}

for (const locale of ["en-GB", "de-DE"]) {
  test(`every page in ${locale}`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t, { locale });
    await looks(page, kith.url + "/", "landing, nobody there");
    await looks(page, kith.setup, "set-up");
    await moveIn(page, kith);
    assert.equal(await page.getAttribute("html", "lang"), locale.slice(0, 2));
    await looks(page, kith.url + "/", "an empty Today");
    await looks(page, kith.url + "/moments", "an empty Look back");
    await looks(page, kith.url + "/people", "an empty People");
    await keep(page, kith, 'thanked @Sam and @"Ana María Vollständigername-Österreicher" for the review, 20 min #work :)');
    await keep(page, kith, "A".repeat(200) + " @" + "B".repeat(60));
    await looks(page, page.url(), "Today, just kept");
    await looks(page, kith.url + "/moments", "Look back");
    await looks(page, kith.url + "/moments?q=nothing+like+it&kind=laugh", "nothing found");
    const moment = await page.goto(kith.url + "/moments").then(() => page.getAttribute(".moment .words >> nth=1", "href"));
    await looks(page, kith.url + moment, "a moment");
    await looks(page, kith.url + moment + "/edit", "a moment's form");
    await looks(page, kith.url + "/people", "People");
    const person = await page.getAttribute(".people a", "href");
    await looks(page, kith.url + person, "a person");
    await looks(page, kith.url + "/capture?text=" + encodeURIComponent("laughed with @Sam yesterday 3pm #tea :)"), "capture");
    for (const at of ["/look-back", "/reflect", "/day/" + new Date().toISOString().slice(0, 10), "/year/" + new Date().getFullYear()]) {
      await looks(page, kith.url + at, at);
    }
    await page.goto(kith.url + "/look-back");
    await looks(page, kith.url + (await page.getAttribute(".ways-back a[href^='/week/']", "href")), "a week");
    await looks(page, kith.url + "/settings", "settings");
    assert.equal((await looks(page, kith.url + "/nowhere", "nothing here")).status(), 404);
    await page.context().clearCookies();
    await looks(page, kith.url + "/", "landing");
    await looks(page, kith.url + "/signin", "sign-in");
  });
}

test("by keyboard alone", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t, { viewport: { width: 1280, height: 800 } });
  await page.goto(kith.setup);
  await page.keyboard.type(owner.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(owner.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(owner.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(kith.url + "/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("c");
  await page.keyboard.type("laughed with @Ida :)");
  await page.waitForSelector("[data-chips] [name=felt]");
  await page.keyboard.press("Enter");
  await page.waitForURL(/kept=/);
  assert.match(await page.textContent("#moments"), /laughed with @Ida/);
  await page.goto(kith.url + "/moments");
  await page.keyboard.press("/");
  await page.keyboard.type("ida");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=ida/);
  const outline = await page.evaluate(() => {
    document.querySelector(".moment .words").focus();
    return getComputedStyle(document.activeElement).outlineStyle;
  });
  assert.notEqual(outline, "none");
});

// walk presses Tab until what has the focus matches, as somebody without a mouse does.
async function walk(page, selector) {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
  }
  assert.fail(`Tab never reaches ${selector}`);
}

for (const javaScriptEnabled of [true, false]) {
  test(`change, delete, undo, people and settings by keyboard, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t);
    await moveIn(page, kith);
    let at = page;
    if (!javaScriptEnabled) {
      at = await visitor(t, { javaScriptEnabled: false });
      await signIn(at, kith, owner);
      await at.waitForURL(kith.url + "/");
    }
    await walk(at, "#line");
    await at.keyboard.type("laughed with @Ida");
    await at.keyboard.press("Enter");
    await at.waitForURL(/kept=/);
    await walk(at, ".moment .words");
    await at.keyboard.press("Enter");
    await at.waitForURL(/moments\//);
    await walk(at, "main a.button");
    await at.keyboard.press("Enter");
    await at.waitForURL(/edit/);
    await walk(at, "#text");
    await at.keyboard.press("End");
    await at.keyboard.type(" and Sam");
    await walk(at, "form .main");
    await at.keyboard.press("Enter");
    await at.waitForURL((url) => !url.pathname.endsWith("/edit"));
    assert.match(await at.textContent("main"), /laughed with @Ida and Sam/);
    await walk(at, "form[action$='/delete'] button");
    await at.keyboard.press("Enter");
    await at.waitForURL(/gone=/);
    await walk(at, ".notice button");
    await at.keyboard.press("Enter");
    await at.waitForURL(/moments\//);
    assert.match(await at.textContent("main"), /laughed with @Ida and Sam/);
    await walk(at, "nav a[href='/people']");
    await at.keyboard.press("Enter");
    await at.waitForURL(/people/);
    await walk(at, "main a[href^='/people/0']");
    await at.keyboard.press("Enter");
    await at.waitForURL(/people\/0/);
    await walk(at, "a[href='/settings']");
    await at.keyboard.press("Enter");
    await at.waitForURL(/settings/);
    await walk(at, "form[action='/settings/profile'] [name=name]");
    await at.keyboard.press("End");
    await at.keyboard.type(" B");
    await at.keyboard.press("Enter");
    await at.waitForURL(/done=profile/);
    await at.goto(kith.url + "/settings");
    assert.match(await at.inputValue("form[action='/settings/profile'] [name=name]"), / B$/);
  });
}

test("Today weighs at most 30 KB in 6 requests at first and 8 KB later, all from here", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const fresh = await page.context().newPage();
  const cdp = await page.context().newCDPSession(fresh);
  await cdp.send("Network.enable");
  await cdp.send("Network.clearBrowserCache");
  await cdp.send("Network.setBypassServiceWorker", { bypass: true }); // a first visit has none; what one answers counts as 0 bytes
  let asked = [], bytes = 0;
  cdp.on("Network.responseReceived", ({ response }) => response.fromDiskCache || asked.push(response.url));
  cdp.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
  const weigh = async () => {
    [asked, bytes] = [[], 0];
    await fresh.goto(kith.url + "/"); // to its load event; the live line stays open
    assert.deepEqual(asked.filter((url) => !url.startsWith(kith.url + "/") && !url.startsWith("data:")), []);
    return { bytes, requests: asked.filter((url) => !url.startsWith("data:")).length };
  };
  const first = await weigh();
  assert.ok(first.bytes > 1000 && first.bytes <= 30_000 && first.requests <= 6, JSON.stringify([first, asked]));
  const later = await weigh();
  assert.ok(later.bytes > 1000 && later.bytes <= 8_000, JSON.stringify([later, asked]));
  t.diagnostic(`first ${JSON.stringify(first)}, later ${JSON.stringify(later)}`);
});
