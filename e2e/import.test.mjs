// An address book from file to people: looked at, taken over, a ring given, and taken back, with and without JavaScript.
import { test } from "node:test";
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { faultless, moveIn, serve, visitor } from "./kith.mjs";

const books = join(dirname(fileURLToPath(import.meta.url)), "..", "internal", "addressbook", "testdata");

for (const javaScriptEnabled of [true, false]) {
  test(`an address book comes in and goes, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t, { javaScriptEnabled });
    await moveIn(page, kith);

    await page.goto(kith.url + "/import");
    assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0, "nothing is under way, and without a script the browser's own Stop is what there is");
    await page.setInputFiles("[name=file]", { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("nothing of the kind") });
    await page.click("form[data-import] button");
    await page.getByText("neither a vCard file").waitFor();

    await page.setInputFiles("[name=file]", join(books, "google.vcf"));
    await page.click("form[data-import] button");
    await page.getByRole("heading", { name: "What the file holds" }).waitFor();
    await page.getByText("3 cards in google.vcf").waitFor();
    await page.getByText("Marisol Vega Prieto").waitFor();
    assert.ok(await page.getByText("the card has no name").isVisible(), "what is not taken is named");
    if (javaScriptEnabled) await faultless(page, "what the file holds");
    await page.getByRole("button", { name: "Take them over" }).click();

    await page.getByRole("heading", { name: "close to you" }).waitFor();
    if (javaScriptEnabled) await faultless(page, "who is close");
    await page.getByRole("group", { name: "Marisol" }).getByText("close", { exact: true }).click();
    await page.getByRole("button", { name: "Keep" }).click();
    await page.getByText("2 people are new.").waitFor();
    if (javaScriptEnabled) await faultless(page, "an import");

    await page.getByRole("button", { name: "Take this import back" }).click();
    await page.getByText("One person was removed.").waitFor();
    await page.getByRole("link", { name: "Marisol Vega Prieto" }).waitFor();
    await page.goto(kith.url + "/people");
    await page.getByText("Marisol Vega Prieto").first().waitFor();
    assert.equal(await page.getByText("🦊").count(), 0, "who was not touched is gone");
  });
}

// many is an address book that takes a while.
function many(n) {
  const cards = [];
  for (let i = 0; i < n; i++) {
    cards.push(`BEGIN:VCARD\nVERSION:3.0\nUID:m-${i}\nFN:Mona Example ${i}\nEMAIL:mona${i}@example.com\nTEL;TYPE=CELL:+49 151 ${String(i).padStart(7, "0")}\nEND:VCARD\n`);
  }
  return { name: "many.vcf", mimeType: "text/vcard", buffer: Buffer.from(cards.join("")) };
}

test("an import says how far it is, and is stopped", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.goto(kith.url + "/import");
  await page.setInputFiles("[name=file]", many(9000));
  const look = page.getByRole("button", { name: "See what it holds" });
  const stop = page.getByRole("button", { name: "Stop" });
  const bar = page.getByRole("progressbar");
  assert.ok(!(await stop.isVisible()) && !(await bar.isVisible()), "nothing is under way");

  await page.route("**/import?id=*", () => {}); // never arrives
  await look.click();
  await page.getByText("Reading your file").waitFor();
  await faultless(page, "an import being read");
  await stop.click();
  await page.getByText("Stopped. Nothing was taken over.").waitFor();
  await page.unroute("**/import?id=*");

  await look.click();
  await page.getByText(/cards read/).waitFor();
  assert.ok(await bar.isVisible());
  assert.ok(await look.isDisabled(), "a file is sent once");
  assert.ok(await stop.evaluate((b) => b === document.activeElement), "the keyboard is at Stop");
  await page.keyboard.press("Enter");
  await page.getByText("Stopped. Nothing was taken over.").waitFor();
  assert.ok(!(await bar.isVisible()) && (await look.isEnabled()));
  assert.ok(await look.evaluate((b) => b === document.activeElement), "the keyboard is where it was");
  await faultless(page, "an import stopped");

  await look.click();
  await page.getByRole("heading", { name: "What the file holds" }).waitFor();
  const take = page.getByRole("button", { name: "Take them over" });
  await take.click();
  await page.getByText(/of 9,000 cards taken over/).waitFor();
  assert.ok((await bar.evaluate((b) => b.value)) > 0, "the bar fills");
  await stop.click();
  await page.getByText("Stopped. Nothing was taken over.").waitFor();
  await faultless(page, "an import taken over half way and stopped");
  const answer = await page.request.get(kith.url + "/people");
  assert.ok(!(await answer.text()).includes("Mona Example"), "nobody is half taken");

  await take.click();
  await page.getByRole("heading", { name: "close to you" }).waitFor({ timeout: 60_000 });
  await page.getByRole("link", { name: "Skip", exact: true }).click();
  await page.getByText("9,000 people are new.").waitFor();
});
