// A practice of one's own is added, meant for today, changed and deleted, with and without a script.
import { test } from "node:test";
import assert from "node:assert/strict";
import { faultless, moveIn, serve, visitor } from "./kith.mjs";

for (const javaScriptEnabled of [true, false]) {
  test(`a practice of one's own, ${javaScriptEnabled ? "with" : "without"} a script`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t, { javaScriptEnabled });
    await moveIn(page, kith);
    await page.goto(kith.url + "/practices");
    await page.getByText("Add one of your own").click();
    if (javaScriptEnabled) await faultless(page, "practices-adding");
    await page.getByLabel("What you do").fill("Walk to the river");
    await page.getByLabel("How", { exact: true }).fill("Ask somebody along.\nLeave the phones at home.");
    await page.getByRole("button", { name: "Add it" }).click();
    assert.match(await page.textContent("main"), /Walk to the river[^]*no study stands behind it/);
    if (javaScriptEnabled) await faultless(page, "practice-own");

    await page.getByRole("button", { name: "Mean to do it today" }).click();
    assert.match(await page.textContent(".intention"), /Walk to the river/);

    await page.goto(kith.url + "/practices");
    await page.getByRole("link", { name: "Walk to the river" }).click();
    await page.getByText("Change it").click();
    await page.getByLabel("What you do").fill("Walk along the river");
    await page.getByRole("button", { name: "Save" }).click();
    assert.match(await page.textContent("h1"), /Walk along the river/);
    await page.getByText("Delete it").first().click();
    await page.getByRole("button", { name: /Delete/ }).click();
    await page.goto(kith.url + "/practices");
    assert.equal(await page.getByRole("link", { name: "Walk along the river" }).count(), 0);
  });
}
