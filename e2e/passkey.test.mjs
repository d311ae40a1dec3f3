// Passkeys in a real browser, with an authenticator of its own: made, used, several, taken away; what stands in for them;
// the question before dangerous acts; and the lock of a device's private pages.
import { test } from "node:test";
import assert from "node:assert/strict";
import { faultless, moveIn, owner, serve, visitor } from "./kith.mjs";

// here is the same Kith by the name on which passkeys hang.
const here = (kith) => ({ ...kith, url: kith.url.replace("127.0.0.1", "localhost"), setup: kith.setup.replace("127.0.0.1", "localhost") });

// touch gives a browser an authenticator that verifies its user at once.
async function touch(page, options = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, ...options },
  });
  return {
    credentials: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    verifies: (isUserVerified) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    answers: (enabled) => cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }),
    clear: () => cdp.send("WebAuthn.clearCredentials", { authenticatorId }),
  };
}

async function add(page, kith, name) {
  await page.goto(kith.url + "/passkeys");
  await page.fill("#passkey-name", name);
  await page.click("form[data-passkey] button");
  await page.waitForURL(/done=added/);
}

async function signOut(page, kith) {
  await page.goto(kith.url + "/settings");
  await page.click("form[action='/signout'] button");
  await page.waitForURL(kith.url + "/");
}

// byButton keeps the browser from offering passkeys while the e-mail is typed: this authenticator would accept at once.
const byButton = (page) => page.addInitScript(() => (PublicKeyCredential.isConditionalMediationAvailable = async () => false));

async function passkeyIn(page, kith) {
  await page.goto(kith.url + "/signin");
  await page.click("form[data-passkey] button");
  await page.waitForURL(kith.url + "/");
}

test("a passkey is made, lets its owner in without a word, and is taken away", async (t) => {
  const kith = here(await serve(t));
  const page = await visitor(t);
  const device = await touch(page);
  await moveIn(page, kith);
  await faultless(page, "today");
  await add(page, kith, "My phone");
  await faultless(page, "passkeys");
  assert.match(await page.textContent("#passkeys"), /My phone/);
  const [made] = await device.credentials();
  assert.equal(made.rpId, "localhost");
  assert.equal(made.isResidentCredential, true);

  // The same device is not asked twice: it says that it has one.
  await page.fill("#passkey-name", "Once more");
  await page.click("form[data-passkey] button");
  await page.waitForSelector("form[data-passkey] [data-wrong]:not([hidden])");
  assert.match(await page.textContent("form[data-passkey] [data-wrong]"), /already/);

  await signOut(page, kith);
  await page.goto(kith.url + "/signin", { waitUntil: "commit" }); // offered where the e-mail is typed, and accepted
  await page.waitForURL(kith.url + "/");
  assert.match(await page.textContent("header"), new RegExp(owner.name));
  await byButton(page);
  await signOut(page, kith);
  await passkeyIn(page, kith);

  // Another device signs in by the password and gets a passkey of its own.
  const other = await visitor(t);
  const laptop = await touch(other);
  await other.goto(kith.url + "/signin?next=%2Fpasskeys");
  await other.fill("[name=email]", owner.email);
  await other.fill("[name=password]", owner.password);
  await other.click("form .main");
  await other.waitForURL(kith.url + "/passkeys");
  await add(other, kith, "My laptop");
  assert.equal(await other.locator(".passkeys > li").count(), 2);
  assert.equal((await laptop.credentials()).length, 1);

  // The phone is lost: its passkey is taken away, and its browser signed out.
  const phone = other.locator(".passkeys > li", { hasText: "My phone" });
  await phone.locator("summary").click();
  await phone.locator("[name=name]").fill("Lost phone");
  await phone.locator("form .button").first().click();
  await other.waitForURL(/done=kept/);
  const lost = other.locator(".passkeys > li", { hasText: "Lost phone" });
  await lost.locator("summary").click();
  await faultless(other, "an open passkey");
  await lost.locator(".grave").click();
  await other.waitForURL(/done=removed/);
  await other.goto(kith.url + "/settings");
  await other.click("#sessions form[action$=revoke-others] button");
  await other.waitForURL(/done=session/);
  assert.equal(await other.locator("#sessions li").count(), 1);
  await page.goto(kith.url + "/people");
  assert.match(page.url(), /signin/);
  await page.click("form[data-passkey] button");
  await page.waitForSelector("form[data-passkey] .notice.bad");
  assert.match(await page.textContent("form[data-passkey] .notice.bad"), /not known here any more/);
  await faultless(page, "a refused passkey");

  // The last one goes with the password alone.
  await other.goto(kith.url + "/passkeys");
  await other.click(".passkeys summary");
  await other.locator(".passkeys [name=password]").fill("not my password");
  await other.click(".passkeys .grave");
  assert.match(await other.textContent(".passkeys"), /not your password/);
  await other.locator(".passkeys [name=password]").fill(owner.password);
  await other.click(".passkeys .grave");
  await other.waitForURL(/done=removed/);
});

test("a user who is not verified, or chooses nothing, stays outside", async (t) => {
  const kith = here(await serve(t));
  const page = await visitor(t);
  const device = await touch(page);
  await moveIn(page, kith);
  await add(page, kith, "My phone");
  await byButton(page);
  await signOut(page, kith);
  await device.verifies(false);
  await page.goto(kith.url + "/signin");
  await page.click("form[data-passkey] button");
  await page.waitForSelector("[data-wrong]:not([hidden])");
  assert.match(await page.textContent("[data-wrong]"), /No passkey was chosen/);
  await page.fill("[name=email]", owner.email);
  await page.fill("[name=password]", owner.password);
  await page.click("form .main");
  await page.waitForURL(kith.url + "/");
});

test("a recovery code lets in once, and a new password can be chosen", async (t) => {
  const kith = here(await serve(t));
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.goto(kith.url + "/passkeys");
  await page.click("#codes button");
  const codes = await page.locator(".codes code").allTextContents();
  assert.equal(codes.length, 10);
  await faultless(page, "new codes");
  await page.goto(kith.url + "/passkeys");
  assert.ok(!(await page.content()).includes(codes[0]));
  assert.match(await page.textContent("#codes"), /10 codes still work/);
  await signOut(page, kith);

  const come = async (code) => {
    await page.goto(kith.url + "/signin");
    await page.click("details summary");
    await page.click("a[href='/signin/code']");
    await page.fill("[name=email]", owner.email);
    await page.fill("[name=code]", code);
    await page.click("form .main");
  };
  await come("wrong");
  assert.match(await page.textContent("main"), /do not belong together/);
  await faultless(page, "a wrong code");
  await come(codes[3].toUpperCase().replaceAll("-", " "));
  await page.waitForURL(/passkeys\?code/);
  assert.match(await page.textContent("#codes"), /9 codes still work/);
  await page.click(".notice a");
  await page.fill("#password-change [name=password]", "nine quiet herons");
  await page.click("#password-change button");
  await page.waitForURL(/done=password/);
  await signOut(page, kith);
  await come(codes[3]);
  assert.match(await page.textContent("main"), /do not belong together/);
});

test("at an address without passkeys the page says where they work", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  await page.goto(kith.url + "/passkeys");
  assert.ok(await page.isVisible("[data-elsewhere]"));
  assert.ok(!(await page.isVisible("form[data-passkey]")));
  assert.equal(await page.getAttribute("[data-elsewhere] a", "href"), here(kith).url);
  const plain = await visitor(t, { javaScriptEnabled: false });
  await plain.goto(here(kith).url + "/signin");
  assert.match(await plain.textContent("main"), /Passkeys need JavaScript/);
  assert.ok(await plain.isVisible("form .main"));
});

test("a passkey stands for the password before dangerous acts", async (t) => {
  const kith = here(await serve(t));
  const page = await visitor(t);
  await touch(page);
  await moveIn(page, kith);
  await add(page, kith, "My phone");
  await byButton(page);
  await signOut(page, kith);
  await passkeyIn(page, kith);
  await page.goto(kith.url + "/settings");
  await page.fill("#email", "ana@elsewhere.example");
  await page.click("#email-change button");
  await page.waitForURL(/done=email/);
  await page.goto(kith.url + "/confirm?next=%2Fsettings");
  await faultless(page, "is it you");
  await page.fill("[name=password]", "not my password");
  await page.click("form[action='/confirm'] button");
  assert.match(await page.textContent("main"), /not your password/);
  await page.click("form[data-passkey] button");
  await page.waitForURL(kith.url + "/settings");
});

test("a device locks its private pages, and keeps none of them", async (t) => {
  const kith = here(await serve(t));
  const page = await visitor(t);
  await touch(page);
  await byButton(page);
  await moveIn(page, kith);
  await add(page, kith, "My phone");
  const kept = () =>
    page.evaluate(async () => {
      const found = [];
      for (const name of await caches.keys()) if (name.startsWith("kith-own-")) for (const r of await (await caches.open(name)).keys()) found.push(new URL(r.url).pathname);
      return found;
    });
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready) && navigator.serviceWorker.controller);
  const until = async (want) => {
    for (let i = 0; i < 100; i++) {
      if ((await kept()).includes("/look-back") === want) return;
      await page.goto(kith.url + "/look-back");
    }
    assert.fail(`look-back ${want ? "was not" : "is still"} kept: ${await kept()}`);
  };
  await until(true);

  await page.goto(kith.url + "/passkeys");
  await page.selectOption("#lock-after", "60");
  await page.click("form[action='/passkeys/lock'] button");
  await page.waitForURL(/done=kept/);
  await until(false);
  assert.ok(!(await kept()).includes("/look-back"));

  await page.clock.install();
  await page.goto(kith.url + "/reflect");
  const line = page.locator("main textarea").first();
  await line.fill("words nobody has kept yet");
  const other = await page.context().newPage();
  await other.goto(kith.url + "/passkeys");
  await other.click("form[action='/passkeys/close'] button");
  await other.waitForURL(kith.url + "/");
  assert.equal((await other.evaluate(async () => (await (await fetch("/api/v1/reflections/2026-11-24")).json()).code)), "device_locked");
  for (const path of ["/reflect", "/look-back", "/day/2026-11-24", "/week/2026-W48", "/year/2026"]) {
    await other.goto(kith.url + path);
    assert.equal(new URL(other.url()).pathname, "/unlock", path);
  }
  await faultless(other, "locked");

  // The page that was left open closes; what was typed in it is still there once it is open again.
  await page.clock.fastForward(62_000);
  await page.waitForSelector("[data-cover]:not([hidden])");
  assert.ok(!(await line.isVisible()));
  await page.goto(kith.url + "/look-back");
  assert.equal(new URL(page.url()).pathname, "/unlock");
  await page.click("form[data-passkey] button");
  await page.waitForURL(kith.url + "/look-back");

  // So does one that was left at a place on it.
  const close = async () => {
    await other.goto(kith.url + "/passkeys");
    await other.click("form[action='/passkeys/close'] button");
    await other.waitForURL(kith.url + "/");
  };
  await page.goto(kith.url + "/look-back#on-this-day");
  await close();
  await page.clock.fastForward(62_000);
  await page.waitForURL(/unlock/);
  await page.click("form[data-passkey] button");
  await page.waitForURL(kith.url + "/look-back");

  // A page that stays open without its private words stays under its cover, too, until somebody has proved themselves.
  const sam = await page.evaluate(async () => {
    const send = async (path, body) => (await fetch("/api/v1" + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json();
    const { id } = await send("/people", { name: "Sam" });
    await send(`/people/${id}/facts`, { text: "afraid of storms", private: true });
    return id;
  });
  await page.goto(`${kith.url}/people/${sam}`);
  await page.evaluate(() => (document.querySelector("main textarea").value = "words nobody has kept yet"));
  await close();
  await page.clock.fastForward(62_000);
  const cover = page.locator("[data-cover]");
  await cover.waitFor();
  // back is waking the device: the page asks at once whether it is open, and has its answer before the next question.
  const back = () =>
    page.evaluate(async () => {
      document.dispatchEvent(new Event("visibilitychange"));
      for (let i = 0; i < 3; i++) await (await fetch(location.href)).text();
    });
  await back();
  assert.ok(await cover.isVisible(), "a locked page is uncovered");
  await other.goto(kith.url + "/unlock");
  await other.fill("[name=password]", owner.password);
  await other.click("form[action='/confirm'] button");
  await other.waitForURL(kith.url + "/");
  await back();
  await cover.waitFor({ state: "hidden" });

  // Signing out and in does not take the lock away.
  await signOut(page, kith);
  await passkeyIn(page, kith);
  await page.goto(kith.url + "/passkeys");
  assert.equal(await page.inputValue("#lock-after"), "60");
});
