// A forge tells what somebody finished: an address is made, a signed delivery kept, a forged one refused and recorded, the
// author tied to a person once, and a word suggested; with and without a script.
import { test } from "node:test";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { faultless, keep, moveIn, serve, visitor } from "./kith.mjs";

const both = [390, 1280]; // a phone and a desk

const merged = (title) => JSON.stringify({
  action: "closed",
  pull_request: {
    number: 12, title, merged: true, merged_at: new Date(Date.now() - 60_000).toISOString(), html_url: "https://git.example.org/garden/almanac/pulls/12",
    user: { login: "SamK", full_name: "Sam" },
  },
  repository: { full_name: "garden/almanac", html_url: "https://git.example.org/garden/almanac" },
});

async function tell(address, secret, body, event = "pull_request") {
  const sent = await fetch(address, {
    method: "POST", body,
    headers: { "Content-Type": "application/json", "X-Forgejo-Event": event, "X-Forgejo-Signature": createHmac("sha256", secret).update(body).digest("hex") },
  });
  return sent.status;
}

for (const javaScriptEnabled of [true, false]) {
  test(`finished work, ${javaScriptEnabled ? "with" : "without"} a script`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t, { javaScriptEnabled });
    await moveIn(page, kith);
    await keep(page, kith, "walked with @Ida");
    await page.goto(kith.url + "/settings");
    await page.getByRole("link", { name: "See finished work" }).click();
    await page.getByLabel("What you call it").fill("Our forge");
    await page.getByRole("button", { name: "Make an address" }).click();
    const address = await page.textContent("#made-address"), secret = await page.textContent("#made-secret");
    assert.ok(address.startsWith(kith.url + "/hooks/") && secret.startsWith("whsec_"), address);
    if (javaScriptEnabled) await faultless(page, "work-made", both);

    const body = merged("Read the frost tables once, not for each bed");
    assert.equal(await tell(address, secret, body), 201);
    assert.equal(await tell(address, secret, body), 200, "the same again is harmless");
    assert.equal(await tell(address, secret, "{}", "push"), 204);
    assert.equal(await tell(address, "another secret", merged("Not theirs")), 401);

    await page.goto(kith.url + "/work");
    const main = await page.textContent("main");
    assert.ok(!main.includes(secret) && !main.includes("Not theirs"));
    assert.match(main, /One delivery was refused, today\.[^]*another secret/);
    assert.match(main, /Who is this\?[^]*git\.example\.org\/samk/);
    if (javaScriptEnabled) await faultless(page, "work-strangers", both);

    await page.getByLabel("Who is Sam?").fill("Nobody of that name");
    await page.getByRole("button", { name: "That is them" }).click();
    assert.match(await page.textContent("main"), /Nobody of your people is called so/);
    await page.getByLabel("Who is Sam?").fill("Ida");
    await page.getByRole("button", { name: "That is them" }).click();
    assert.match(await page.textContent("#lately"), /by Ida/);
    assert.equal(await page.locator("#strangers").count(), 0);

    // She was met today already, which may have been the word.
    await page.goto(kith.url + "/");
    assert.doesNotMatch(await page.textContent("main"), /frost tables/);
    await page.goto(kith.url + "/moments");
    await page.locator("main a", { hasText: "walked with" }).first().click();
    await page.getByRole("button", { name: /Delete/ }).first().click();
    await page.goto(kith.url + "/");
    const hour = Number(new Intl.DateTimeFormat("en-GB", { hour: "numeric", hourCycle: "h23", timeZone: javaScriptEnabled ? "Europe/Berlin" : "UTC" }).format(new Date())); // without a script nobody says where they are
    if (hour >= 8 && hour < 21) assert.match(await page.textContent("main"), /“Read the frost tables once, not for each bed” by Ida was merged today: worth a word\?/);

    await page.goto(kith.url + "/work");
    await page.getByLabel("A handle or an e-mail address").fill("samk");
    await page.getByRole("button", { name: "Add it" }).click();
    assert.match(await page.textContent("#yours"), /@samk/);
    await page.goto(kith.url + "/");
    assert.doesNotMatch(await page.textContent("main"), /frost tables/, "one's own is not suggested");

    await page.goto(kith.url + "/work");
    await page.getByRole("link", { name: "Our forge" }).click();
    if (javaScriptEnabled) await faultless(page, "work-hook", both);
    await page.getByRole("button", { name: "Listen no longer" }).click();
    assert.match(await page.textContent("main"), /Nothing was told yet/);
    assert.equal(await tell(address, secret, body), 404);
  });
}
