// Who comes in and how: sign-in, throttle, keys, leaving.
import { test } from "node:test";
import assert from "node:assert/strict";
import { moveIn, owner, serve, signIn, visitor } from "./kith.mjs";

test("signing out and in leads back to where one meant to go", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.goto(kith.url + "/settings");
  await page.click("form[action='/signout'] button");
  await page.waitForURL(kith.url + "/");
  await page.goto(kith.url + "/people?sort=name");
  assert.match(page.url(), /signin\?next=/);
  await page.fill("[name=email]", owner.email);
  await page.fill("[name=password]", owner.password);
  await page.click("form .main");
  await page.waitForURL(kith.url + "/people?sort=name");
});

test("too many tries are told to wait", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const stranger = await visitor(t);
  let said = "";
  for (let i = 0; i < 40 && !/too often/.test(said); i++) {
    await signIn(stranger, kith, { email: owner.email, password: "wrong number " + i });
    said = await stranger.textContent("main");
    assert.equal(await stranger.inputValue("[name=email]"), owner.email);
  }
  assert.match(said, /too often/);
});

test("a key is shown once", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.goto(kith.url + "/settings");
  await page.click("#tokens summary");
  await page.fill("#token-name", "the kitchen laptop");
  await page.click("#tokens form .button");
  const secret = await page.textContent("#secret");
  assert.match(secret, /^kith_/);
  await page.goto(kith.url + "/settings");
  assert.ok(!(await page.content()).includes(secret));
  assert.match(await page.textContent("#tokens"), /kitchen laptop/);
  await page.click("#tokens li button");
  assert.doesNotMatch(await page.textContent("#tokens"), /kitchen laptop/);
});

test("leaving takes the password and everything goes", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.goto(kith.url + "/settings");
  await page.click("#delete summary");
  await page.fill("#delete-password", "not my password");
  await page.click("#delete .grave");
  await page.waitForSelector("#delete .wrong");
  await page.fill("#delete-password", owner.password);
  await page.click("#delete .grave");
  await page.waitForURL(/bye/);
  await signIn(page, kith, owner);
  assert.match(page.url(), /signin/);
});
