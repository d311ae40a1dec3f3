// How welcome it will be, before; how welcome it was, after; and the gap between them.
import { spawn } from "node:child_process";
import { test } from "node:test";
import assert from "node:assert/strict";
import { faultless, keep, moveIn, serve, visitor } from "./kith.mjs";

for (const javaScriptEnabled of [true, false]) {
  test(`a guess is one tap, and keeps the words, ${javaScriptEnabled ? "with" : "without"} a script`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t, { javaScriptEnabled });
    await moveIn(page, kith);
    await keep(page, kith, "tea with @Sam");
    await page.goto(kith.url + "/people");
    const sam = new URL(await page.locator("main a[href^='/people/']").first().getAttribute("href"), kith.url).pathname.split("/")[2];
    await page.goto(`${kith.url}/reach/${sam}`);
    await page.fill("#words", "About the boat & the weather");
    await page.click(".welcome button[value='7']");
    await page.locator(".welcome [aria-pressed=true][value='7']").waitFor();
    assert.equal(await page.inputValue("#words"), "About the boat & the weather");
    await page.click(".welcome button[value='3']");
    await page.locator(".welcome [aria-pressed=true][value='3']").waitFor();
    assert.equal(await page.locator(".welcome [aria-pressed]").count(), 1);
    await page.click("button[value=wrote]");
    await page.waitForURL(/kept=/);
    assert.equal(await page.locator(".landed-ask").count(), 0, "nothing is asked at once");
    await page.goto(`${kith.url}/reach/${sam}`);
    assert.equal(await page.locator(".welcome [aria-pressed]").count(), 0, "the guess was taken up");
    await page.goto(kith.url + "/landed");
    assert.match(await page.textContent("main"), /Five more pairs/);
    if (javaScriptEnabled) await faultless(page, "no pairs");
  });
}

test("a question on Today is answered by one tap, and the gap is there to see", async (t) => {
  const child = spawn(process.env.KITH_BIN, ["demo", "--addr", "127.0.0.1:0", "--lang", "en"], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  });
  const url = await new Promise((resolve) => {
    child.stdout.on("data", (b) => {
      const at = /Kith is at (http:\S+)/.exec(String(b));
      if (at) resolve(at[1]);
    });
  });
  const page = await visitor(t);
  await page.goto(url);
  const ask = page.locator(".landed-ask");
  const question = await ask.textContent();
  assert.match(question, /How welcome was it/);
  assert.doesNotMatch(question, /You guess/, "the guess does not lead the answer");
  await faultless(page, "Today with its question");
  await page.goto(url + "/reflect");
  assert.equal(await page.locator("[type=radio][name=landed]").count(), 12);
  await faultless(page, "the evening with its question");
  await page.goto(url);
  await ask.locator("button[value='9']").click();
  await page.waitForURL(/landed=/);
  assert.match(await page.textContent(".notice"), /You guessed \d+, it landed at 9/);
  await page.click(".notice a");
  await page.waitForURL(/\/landed$/);
  assert.match(await page.textContent("main"), /95 % interval [+−]?\d/);
  assert.match(await page.textContent("main"), /not why/);
  await faultless(page, "the gap");
  await page.locator(".pairs a").first().click();
  await page.locator(".welcome [aria-pressed=true]").waitFor();
  await faultless(page, "one pair");
  await page.click("form[action$='/delete'] button");
  await page.waitForURL(/\/landed$/);
});
