// One evening, and what there is to turn to afterwards: a day, a week, a year.
import { test } from "node:test";
import assert from "node:assert/strict";
import { addUser, faultless, keep, moveIn, serve, signIn, visitor } from "./kith.mjs";

const localDay = (page, ago) => page.evaluate((n) => {
  const d = new Date();
  d.setDate(d.getDate() - n);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
}, ago);

test("an evening: one save keeps the words, the feeling and the intention's close", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.click(".own-words summary");
  await page.fill("#text", "sit still for a minute");
  await page.click(".own-words button");
  await keep(page, kith, "walked with @Ida :)");
  await page.goto(kith.url + "/reflect");

  // What a screen reader meets, in the order in which it meets it.
  const tree = await page.locator("main").ariaSnapshot();
  let at = -1;
  for (const words of ["Let it go", "Three good things", 'textbox "A line about the day"', "checkbox \"Private", 'slider "How pleasant', 'slider "How energetic', 'checkbox "Keep how I feel"', 'button "Keep the evening"']) {
    const next = tree.indexOf(words, at + 1);
    assert.ok(next > at, `${words} follows in:\n${tree}`);
    at = next;
  }
  await faultless(page, "the evening");

  const asked = (await page.textContent("#line-prompt")).trim();
  await page.goto(kith.url + "/reflect");
  await page.click("#line-prompt a");
  assert.notEqual((await page.textContent("#line-prompt")).trim(), asked, "another question");
  await page.waitForLoadState();
  if (await page.locator("details:has(.good-things)").count()) await page.click("details:has(.good-things) summary");
  await page.fill("[name=good] >> nth=0", "the first frost");
  await page.fill("[name=good] >> nth=2", "soup");
  await page.fill("#line", "*Quiet* with @Ida.\n\n- <b>tea</b>\n- [more](https://example.org)");
  await page.locator("#valence").focus();
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.isChecked("[name=pulse_set]"), "a slider that was moved is kept");
  await page.check("input[name=intention][value=done]");
  await page.click(".evening button.main");
  await page.waitForURL(/\/day\/.*saved/);
  assert.equal(await page.locator(".written .good li").count(), 2);
  assert.equal(await page.textContent(".prose em"), "Quiet");
  assert.equal(await page.locator(".prose b").count(), 0, "what was typed is text");
  assert.match(await page.textContent(".prose li >> nth=0"), /<b>tea<\/b>/);
  assert.equal(await page.getAttribute(".prose li a", "href"), "https://example.org");
  assert.match(await page.getAttribute(".prose p a", "href"), /\/people\//);
  assert.equal(await page.locator(".felt-like li").count(), 1);
  assert.match(await page.textContent("main"), /sit still for a minute/);
  assert.equal(await page.locator(".intention.done").count(), 1);
  await faultless(page, "a day");

  // Found by its words, until they are private.
  await page.goto(kith.url + "/moments?q=frost");
  assert.equal(await page.locator(".memory .good li").count(), 2);
  const today = await localDay(page, 0);
  await page.goto(kith.url + "/reflect/" + today);
  await page.check("[name=private]");
  await page.click(".evening button.main");
  await page.waitForURL(/saved/);
  await page.goto(kith.url + "/moments?q=frost");
  assert.equal(await page.locator(".memory").count(), 0);
});

test("a past day is filled in, changed and emptied, also without JavaScript", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t, { javaScriptEnabled: false });
  await moveIn(page, kith);
  const day = new Date(Date.now() - 40 * 86400e3).toISOString().slice(0, 10);
  await page.goto(kith.url + "/day/" + day);
  await page.click("text=Write about this day");
  await page.fill("#line", "late, but here");
  await page.click(".evening button.main");
  assert.match(await page.textContent(".prose"), /late, but here/);
  await page.click(".turning [rel=prev]");
  await page.waitForLoadState();
  assert.equal(await page.locator(".written").count(), 0);
  await page.goto(kith.url + "/reflect/" + day);
  await page.fill("#line", "");
  await page.click(".evening button.main");
  await page.waitForLoadState();
  assert.equal(await page.locator(".written").count(), 0);
  assert.equal((await page.goto(kith.url + "/day/2999-01-01")).status(), 404);
  assert.equal((await page.goto(kith.url + "/week/2026-W77")).status(), 404);
});

test("look back: on this day, the week, the year by keys", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await keep(page, kith, "thanked @Sam today");
  const week = await localDay(page, 7);
  await keep(page, kith, `walked with @Ida on ${week}`);
  await page.goto(kith.url + "/look-back");
  assert.match(await page.textContent(".memory"), /A week ago[\s\S]*Ida/);
  await faultless(page, "look back");
  await page.fill("#jump-day", week);
  await page.click(".jump button");
  await page.waitForURL(kith.url + "/day/" + week);
  assert.match(await page.textContent("main"), /Ida/);

  await page.click(".leaf-end a >> nth=0");
  await page.waitForURL(/\/week\//);
  assert.equal(await page.locator(".week-picture .rest").count(), 7);
  assert.match(await page.textContent(".who"), /Ida/);
  await page.fill("[name=carry]", "ring Ida first");
  await page.click("#carry button");
  await page.waitForURL(/#carry/);
  await faultless(page, "a week");
  if (await page.locator(".turning [rel=next]").count()) {
    await page.click(".turning [rel=next]");
    assert.match(await page.textContent("#carry"), /ring Ida first/);
  }

  const today = await localDay(page, 0);
  await page.goto(`${kith.url}/year/${today.slice(0, 4)}`);
  assert.equal(await page.locator("[data-year] a[tabindex='0']").count(), 1);
  await page.locator("[data-year] a[tabindex='0']").focus();
  assert.match(await page.evaluate(() => document.activeElement.getAttribute("href")), new RegExp(today));
  await page.keyboard.press("Home");
  assert.match(await page.evaluate(() => document.activeElement.getAttribute("href")), /-01-01/);
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp("/day/" + today));
  await page.goto(`${kith.url}/year/${today.slice(0, 4)}`);
  await faultless(page, "a year");

  await addUser(kith, "ben@example.org", "seven quiet herons");
  const other = await visitor(t);
  await signIn(other, kith, { email: "ben@example.org", password: "seven quiet herons" });
  await other.waitForURL(kith.url + "/");
  await other.goto(`${kith.url}/day/${today}`);
  assert.doesNotMatch(await other.textContent("main"), /Sam/);
});
