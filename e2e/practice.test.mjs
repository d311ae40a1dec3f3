// A practice of one's own is added, meant for today, changed and deleted, with and without a script.
import { test } from "node:test";
import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { moveIn, serve, visitor } from "./kith.mjs";

async function clean(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), [], `${name}, ${colorScheme}`);
    for (const width of process.env.KITH_PICTURES ? [1280, 390] : []) {
      await page.setViewportSize({ width, height: 844 });
      await page.screenshot({ path: `${process.env.KITH_PICTURES}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
  }
}

for (const javaScriptEnabled of [true, false]) {
  test(`a practice of one's own, ${javaScriptEnabled ? "with" : "without"} a script`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t, { javaScriptEnabled });
    await moveIn(page, kith);
    await page.goto(kith.url + "/practices");
    await page.getByText("Add one of your own").click();
    if (javaScriptEnabled) await clean(page, "practices-adding");
    await page.getByLabel("What you do").fill("Walk to the river");
    await page.getByLabel("How", { exact: true }).fill("Ask somebody along.\nLeave the phones at home.");
    await page.getByRole("button", { name: "Add it" }).click();
    assert.match(await page.textContent("main"), /Walk to the river[^]*no study stands behind it/);
    if (javaScriptEnabled) await clean(page, "practice-own");

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
