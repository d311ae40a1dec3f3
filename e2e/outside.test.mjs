// Writing from outside: every example on the page of help does what it says, with a key that can only write.
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { faultless, moveIn, serve, visitor } from "./kith.mjs";

const run = (script, env) =>
  new Promise((resolve, reject) => execFile("sh", ["-c", script], { env: { ...process.env, ...env } }, (err, out, wrong) => (err ? reject(new Error(wrong + out)) : resolve(out))));

test("the examples of the page on writing from elsewhere work as they stand", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  for (const path of ["/help/capture", "/offline", "/capture"]) {
    await page.goto(kith.url + path);
    await faultless(page, path);
  }
  await page.goto(kith.url + "/help/capture");
  await page.click("text=Make such a key");
  assert.deepEqual(await page.$$eval("[name=scope]:checked", (all) => all.map((c) => c.value)), ["capture"]);
  await page.fill("#token-name", "the phone");
  await page.click("#tokens form .button");
  const key = (await page.textContent("#secret")).trim();

  await page.goto(kith.url + "/help/capture");
  const curl = await page.textContent("[data-example=curl]");
  assert.match(await run(curl, { KITH_TOKEN: key }), /"kind":"thanks"/);
  const command = (await page.textContent("[data-example=kith]")).replace("kith_…", key).replace("\nkith add", "\n" + process.env.KITH_BIN + " add");
  await run(command, { HOME: dirname(kith.data) });
  const refused = await fetch(kith.url + "/api/v1/moments", { headers: { Authorization: "Bearer " + key } });
  assert.equal(refused.status, 403, "the key reads nothing");

  const bookmark = await page.getAttribute("[data-bookmarklet]", "href");
  assert.match(bookmark, /^javascript:location\.href=/);
  await page.click("main a[href*='/capture?text=']");
  assert.match(await page.inputValue("#line"), /thanked @Sam for the soup/);
  await page.goto(kith.url + "/moments?q=soup");
  assert.equal(await page.locator(".moment").count(), 2, "curl and the command kept one each, opening the address none");
});
