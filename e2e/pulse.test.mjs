// How somebody feels, and questionnaires: by pointer, by keyboard, heard, without a script, and seen in both themes.
import { test } from "node:test";
import assert from "node:assert/strict";
import { addUser, faultless, moveIn, serve, signIn, visitor } from "./kith.mjs";

test("a touch of the pad and one word make a pulse, which can be changed and taken back", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.click("a[href='/pulse']");
  await page.waitForURL(/\/pulse$/);
  await faultless(page, "an empty page of pulses");
  const box = await page.locator("[data-pad]").boundingBox();
  await page.mouse.click(box.x + box.width * 0.8, box.y + box.height * 0.7);
  assert.equal(await page.inputValue("[name=valence]"), "80");
  assert.equal(await page.inputValue("[name=energy]"), "30");
  assert.equal(await page.locator("details[data-quadrant][open]").getAttribute("data-quadrant"), "calm");
  await page.getByLabel("content", { exact: true }).check();
  await page.fill("[name=own]", "after the rain, soft");
  await page.click("form.pulse .main");
  await page.waitForURL(/kept=/);
  const row = page.locator(".pulse-table tbody tr").nth(1);
  assert.match(await row.textContent(), /80\s*30\s*calm\s*content, after the rain, soft/);
  assert.equal(await page.locator(".pulse-field circle").count(), 1);
  assert.equal(await page.getByLabel("after the rain", { exact: true }).count(), 1, "own words are offered again");
  await faultless(page, "a page with a pulse");
  await row.locator("a").click();
  await faultless(page, "the form of a pulse");
  assert.equal(await page.getByLabel("content", { exact: true }).isChecked(), true);
  await page.getByLabel("content", { exact: true }).uncheck();
  await page.locator("#valence").fill("10");
  await page.click("form.pulse .main");
  await page.waitForURL(/\/pulse$/);
  assert.match(await page.textContent(".pulse-table"), /10\s*30\s*heavy\s*after the rain, soft/);
  await page.click(".pulse-table a");
  await page.click(".pulse-remove button");
  await page.waitForURL(/gone=/);
  assert.equal(await page.locator(".pulse-table").count(), 0);
  await page.click(".notice button");
  await page.waitForURL(/\/pulse$/);
  assert.equal(await page.locator(".pulse-table tbody tr").count(), 2);
});

test("one pulse by keyboard alone, and as it is heard", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.goto(kith.url + "/pulse");
  await page.focus("[data-pad]");
  for (const key of ["ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowUp", "ArrowUp"]) await page.keyboard.press(key);
  assert.deepEqual([await page.inputValue("#valence"), await page.inputValue("#energy")], ["64", "62"]);
  assert.equal(await page.textContent("[data-pad-now]"), "pleasant, 64; much energy, 62");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "valence");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getAttribute(".pulse-pad .dot", "cx"), "65", "the pad follows the slider");
  await page.keyboard.press("Tab");
  await page.keyboard.press("End");
  assert.equal(await page.getAttribute(".pulse-pad .dot", "cy"), "0");
  const heard = await page.locator("form.pulse").ariaSnapshot();
  for (const said of [/application "Pad: arrow keys move the dot/, /slider "How pleasant do you feel right now\?": ?"?65/, /slider "How energetic do you feel right now\?": ?"?100/,
    /group "A word for it/, /checkbox "joyful"/, /textbox "Own words"/, /button "Keep"/]) assert.match(heard, said);
  assert.equal(await page.getAttribute("#energy", "aria-valuetext"), "full of energy, 100");
  await page.keyboard.press("Tab"); // the first group of words, which lies open
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.equal(await page.getByLabel("joyful", { exact: true }).isChecked(), true);
  await page.focus("[name=own]");
  await page.keyboard.press("Enter");
  await page.waitForURL(/kept=/);
  assert.match(await page.textContent(".pulse-table"), /65\s*100\s*bright\s*joyful/);
});

test("without a script it is two sliders", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const plain = await visitor(t, { javaScriptEnabled: false, storageState: await page.context().storageState() });
  await plain.goto(kith.url + "/pulse");
  assert.equal(await plain.locator("[data-pad]").isVisible(), false);
  await plain.locator("#valence").press("Home");
  await plain.click("details[data-quadrant=tense] summary");
  await plain.getByLabel("worried", { exact: true }).check();
  await plain.click("form.pulse .main");
  await plain.waitForURL(/kept=/);
  assert.match(await plain.textContent(".pulse-table"), /0\s*50\s*tense\s*worried/);
  await plain.click(".pulse-when summary");
  await plain.fill("[name=at]", "2020-01-01T10:00");
  await plain.click("form.pulse .main");
  assert.match(await plain.textContent("#at-wrong"), /last 24 hours/);
});

test("a scale is answered, scored with its n, and stays with its owner", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.goto(kith.url + "/scales");
  await faultless(page, "the scales");
  await page.click("a[href='/scales/spane']");
  await page.click("text=Answer it");
  await faultless(page, "a scale's questions");
  for (const [item, n] of Object.entries({ positive: 4, good: 4, pleasant: 5, happy: 5, joyful: 3, contented: 4, negative: 2, bad: 1, unpleasant: 2, sad: 1, afraid: 1 })) {
    await page.check(`[name=q-${item}][value="${n}"]`);
  }
  await page.click(".scale-form .main");
  await page.waitForURL(/kept=/);
  assert.match(await page.textContent(".pulse-table"), /25 \(n = 6 of 6\)\s*not scored, n = 5 of 6/);
  assert.match(await page.textContent(".credit"), /Ed Diener/);
  await faultless(page, "a scale with answers");
  await page.goto(kith.url + "/scales/ons4/take");
  await page.check("[name=q-happy][value='8']");
  await page.click(".scale-form .main");
  await page.goto(kith.url + "/scales/together/take");
  await faultless(page, "sliders");
  for (const id of ["joy", "care", "step"]) await page.locator("#q-" + id).fill("80");
  await page.click(".scale-form .main");
  assert.match(await page.textContent(".pulse-table"), /80 \(n = 3 of 3\)/);
  await page.goto(kith.url + "/scales");
  await page.click("summary");
  await page.fill("[name=definition]", "{}");
  await page.check("[name=licensed]");
  await page.click("form[action='/scales'] button");
  assert.match(await page.textContent("#definition-wrong"), /id must be/);
  const other = { email: "ben@example.org", password: "nine loud badgers" };
  await addUser(kith, other.email, other.password);
  const stranger = await visitor(t);
  await signIn(stranger, kith, other);
  await stranger.waitForURL(kith.url + "/");
  await stranger.goto(kith.url + "/scales/spane");
  assert.equal(await stranger.locator(".pulse-table").count(), 0);
});

test("in German", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t, { locale: "de-DE" });
  await moveIn(page, kith);
  for (const path of ["/pulse", "/scales", "/scales/ons4/take", "/scales/flourishing", "/scales/ons-loneliness/take"]) {
    await page.goto(kith.url + path);
    await faultless(page, path);
  }
  assert.equal(await page.textContent("legend"), "Wie oft fühlst du dich einsam?");
  await page.goto(kith.url + "/scales/spane");
  assert.match(await page.textContent(".credit"), /Die Fragen bleiben auf Englisch/);
});
