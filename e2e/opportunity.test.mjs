// A suggestion is made, asked why, put off, put away and wanted again; a word to somebody is written and kept with one tap.
import { test } from "node:test";
import assert from "node:assert/strict";
import { faultless, moveIn, serve, visitor } from "./kith.mjs";

for (const javaScriptEnabled of [true, false]) {
  test(`a suggestion and a word, ${javaScriptEnabled ? "with" : "without"} a script`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t, { javaScriptEnabled });
    await moveIn(page, kith);
    if (javaScriptEnabled) await faultless(page, "today");
    await page.locator(".suggestion").first().getByText("Less like this").click();
    await page.locator(".suggestion").first().getByRole("button", { name: "Never this one" }).click();
    await page.goto(kith.url + "/suggestions");
    assert.equal(await page.getByRole("button", { name: /^Suggest again/ }).count(), 1);
    await page.getByLabel("Sunday").check();
    await page.getByRole("button", { name: "Save" }).click();
    assert.ok(await page.getByLabel("Sunday").isChecked());
    if (javaScriptEnabled) await faultless(page, "suggestions");
    await page.getByRole("button", { name: /^Suggest again/ }).click();
    await page.waitForLoadState();
    assert.equal(await page.getByRole("button", { name: /^Suggest again/ }).count(), 0);

    await page.goto(kith.url + "/practices");
    if (javaScriptEnabled) await faultless(page, "practices");
    await page.getByRole("link", { name: "Real catch-up" }).click();
    assert.match(await page.textContent("main"), /address not checked by us/);
    if (javaScriptEnabled) await faultless(page, "practice");
    await page.getByRole("button", { name: "Mean to do it today" }).click();
    assert.match(await page.textContent(".intention"), /how things really are/);
    assert.ok((await page.locator(".suggestion").count()) > 0, "Today still suggests");

    await page.goto(kith.url + "/capture");
    await page.fill("[name=text]", "laughed with @Ida");
    await page.click("form[action='/capture'] .main");
    await page.waitForURL(/kept=/);
    await page.goto(kith.url + "/people");
    await page.getByRole("link", { name: /Ida/ }).first().click();
    const id = new URL(page.url()).pathname.split("/").pop();
    await page.goto(`${kith.url}/reach/${id}`);
    if (javaScriptEnabled) await faultless(page, "reach");
    assert.match(await page.inputValue("#words"), /Ida.*laugh/);
    await page.fill("#words", "Hello & good day?");
    if (!javaScriptEnabled) await page.getByRole("button", { name: "Put these words on the buttons" }).click();
    assert.equal(await page.inputValue("#words"), "Hello & good day?");
    await page.getByRole("button", { name: "I wrote to Ida" }).click();
    await page.waitForURL(/kept=/);
    assert.match(await page.textContent("#moments"), /wrote to Ida/);
  });
}
