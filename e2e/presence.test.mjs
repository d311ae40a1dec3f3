// Being present: with people, with guests and without a network, and alone through a breath.
import { test } from "node:test";
import assert from "node:assert/strict";
import { faultless, keep, moveIn, serve, visitor } from "./kith.mjs";

async function start(page, kith, names) {
  await page.goto(kith.url + "/presence");
  await page.fill("#people", names);
  await page.click("text=Put the phone away");
  await page.waitForURL(/\/presence\/[0-9a-f-]{36}$/);
}

const moments = async (page, kith, words) => {
  await page.goto(kith.url + "/moments?q=" + encodeURIComponent(words));
  return page.locator(".moment").count();
};

test("with people, the network goes: the end is kept on the device and saved exactly once", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await start(page, kith, "Sam, Ida");
  assert.match(await page.textContent("h1"), /With Sam and Ida/);
  await faultless(page, "the quiet page");
  await page.context().setOffline(true);
  await page.click("[data-stop] button");
  await page.waitForSelector("[data-over]:not([hidden])");
  await faultless(page, "the end");
  await page.fill("#savour", "we laughed about the boat");
  await page.keyboard.press("Enter");
  await page.waitForSelector("text=Kept on this device");
  await page.context().setOffline(false);
  await page.waitForURL(/kept=/);
  assert.equal(await moments(page, kith, "boat"), 1);
  const about = await page.textContent(".moment");
  assert.match(about, /Sam/);
  assert.match(about, /Ida/);
});

test("an answer that is lost on its way is asked for again, and nothing is kept twice", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await start(page, kith, "Sam");
  let told = 0;
  await page.route("**/end", async (route) => {
    if (!route.request().postData()?.includes("act=keep")) return route.continue();
    told++;
    if (told === 1) {
      await route.fetch({ maxRedirects: 0 }); // it arrives, and nobody hears so
      return route.abort();
    }
    return route.continue();
  });
  await page.click("[data-stop] button");
  await page.fill("#savour", "soup on the stairs");
  await page.click("button[value=keep]");
  await page.waitForSelector("text=Kept on this device");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.waitForURL(/kept=/);
  assert.equal(told, 2);
  assert.equal(await moments(page, kith, "soup"), 1);
});

test("a page that was closed without a network is told from Today", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await start(page, kith, "Sam");
  await page.context().setOffline(true);
  await page.click("[data-stop] button");
  await page.fill("#savour", "tea by the window");
  await page.click("button[value=keep]");
  await page.waitForSelector("text=Kept on this device");
  const context = page.context();
  const today = await context.newPage();
  await page.close(); // a page that is only left may tell it itself, as soon as there is a network
  await context.setOffline(false);
  const heard = today.waitForResponse((r) => r.request().method() === "POST" && r.url().endsWith("/end"));
  await today.goto(kith.url + "/");
  await heard;
  await today.waitForFunction(() => !localStorage.getItem("kith.presence.out"));
  assert.equal(await moments(today, kith, "window"), 1);
});

test("others join by the link without an account and see a first name and nothing else", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await start(page, kith, "Secret Person");
  await page.click(".join summary");
  await page.click(".join button");
  await page.waitForURL(/code=/);
  await faultless(page, "the page with the code");
  assert.ok(await page.locator("svg.qr path").isVisible());
  const link = (await page.textContent(".join .secret")).trim();
  const guest = await visitor(t, { javaScriptEnabled: false });
  await guest.goto(link);
  const seen = await guest.textContent("body");
  assert.match(seen, /Ana is here/);
  assert.doesNotMatch(seen, /Lindqvist|Secret/);
  await guest.click("text=I am here");
  assert.match(await guest.textContent("body"), /You are here/);
  await page.waitForFunction(() => /1 more is here/.test(document.getElementById("guests")?.textContent ?? ""));
  await page.click("[data-stop] button");
  await page.click("button[value=leave]");
  await page.waitForURL(/\/presence$/);
  const after = await guest.goto(link);
  assert.equal(after.status(), 404);
  assert.match(await guest.textContent("body"), /This is over/);
});

test("without JavaScript a presence begins, ends and is kept, and a breath is told in words", async (t) => {
  const kith = await serve(t);
  const mover = await visitor(t);
  await moveIn(mover, kith);
  const page = await visitor(t, { javaScriptEnabled: false, storageState: await mover.context().storageState() });
  await start(page, kith, "Sam");
  await page.click("[data-stop] button");
  await page.fill("#savour", "bread and cheese");
  await page.click("button[value=keep]");
  assert.match(page.url(), /kept=/);
  await page.goto(kith.url + "/breathe/box");
  assert.match(await page.textContent(".phases"), /Breathe in\s+4 seconds\s*Hold\s+4 seconds/);
  assert.match(await page.textContent(".caution"), /dizzy/);
  await page.click("button[value=keep]");
  assert.match(page.url(), /kept=/);
});

test("one breath, as it is heard, and the page in both themes", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t); // without motion
  await moveIn(page, kith);
  await keep(page, kith, "walked with @Sam");
  for (const at of ["/presence", "/breathe/cyclic-sigh", "/breathe/scan"]) {
    await page.goto(kith.url + at);
    await faultless(page, at);
  }
  await page.goto(kith.url + "/breathe");
  await page.goto(kith.url + "/breathe/1-1-1-1");
  await page.focus("[data-begin]");
  await page.keyboard.press("Enter");
  const said = [];
  for (const words of ["Settle in", "Breathe in", "Hold", "Breathe out", "Stay empty"]) {
    await page.waitForFunction((w) => document.querySelector("[data-phase]")?.textContent === w, words, { polling: 20 });
    said.push(await page.locator("[data-stage]").ariaSnapshot());
  }
  for (const [i, words] of ["Settle in", "Breathe in", "Hold", "Breathe out", "Stay empty"].entries()) {
    assert.match(said[i], /status/, "the words are announced");
    assert.match(said[i], /button "End"/);
    if (i === 0) assert.match(said[i], new RegExp(words));
  }
  assert.equal(await page.locator("[data-motes] *").count(), 0, "nothing moves for whoever asked for stillness");
  await faultless(page, "a breath under way");
  await page.keyboard.press("Escape");
  await page.waitForSelector("[data-over]:not([hidden])");
  await page.click("button[value=keep]");
  await page.waitForURL(/kept=/);
  assert.match(await page.textContent("#moments"), /Breathed for 1 minute/);
});
