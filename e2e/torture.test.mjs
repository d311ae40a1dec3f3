// Many lines through a bad network, from tabs that die, to a server that dies, from somebody who is signed out meanwhile: every
// line that the page said was saved is there once. KITH_TORTURE is how many lines, KITH_SEED which run; proof.d has more of both.
import { test } from "node:test";
import assert from "node:assert/strict";
import { arrived, moveIn, owner, serve, signIn, visitor } from "./kith.mjs";
import { dice, patiently, rough } from "./rough.mjs";

const lines = Number(process.env.KITH_TORTURE ?? 24);
const seed = Number(process.env.KITH_SEED ?? 1);

test(`${lines} lines through a bad network are ${lines} moments`, async (t) => {
  const kith = await serve(t);
  const net = await rough(t, kith.url, seed);
  const roll = dice(seed + 1);
  const through = { ...kith, url: net.url, setup: kith.setup.replace(kith.url, net.url) };
  let page = await visitor(t);
  const context = page.context();
  context.setDefaultTimeout(10_000);
  await moveIn(page, through);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.waitForFunction(async () => (await (await caches.match("/"))?.text())?.includes("outbox"));

  const today = async () => {
    if (page.isClosed()) page = await context.newPage();
    await page.goto(net.url + "/");
    if (await page.locator("#line").count() === 0) await again();
  };
  const again = async () => {
    await signIn(page, through, owner);
    await page.waitForURL((url) => url.pathname === "/");
    await page.waitForSelector("#line", { timeout: 1000 }); // the page that says there is no network has the same address
  };
  // write hands a line over as a person does, and believes it is safe once the page shows it.
  const write = async (tab, words) => {
    await tab.fill("#line", words);
    await tab.press("#line", "Enter");
    await tab.waitForSelector(`#outbox li >> text=${words}`, { state: "attached", timeout: 20_000 }).catch(() => tab.waitForSelector(`main >> text=${words}`, { timeout: 10_000 }));
  };

  const did = {};
  let anew = Promise.resolve();
  net.rough = true;
  await patiently("open Today", today);
  for (let i = 0; i < lines; i++) {
    const act = ["plain", "plain", "plain", "tab", "twin", "server", "offline", "door"][Math.floor(roll() * 8)];
    did[act] = (did[act] ?? 0) + 1;
    if (act === "server") anew = anew.then(() => kith.again(roll() < 0.7 ? "SIGKILL" : "SIGTERM"));
    if (act === "offline") await context.setOffline(true);
    if (act === "door") await context.clearCookies();
    const twin = act === "twin" && i + 1 < lines ? await context.newPage() : undefined;
    if (twin) await patiently("open a second tab", () => twin.goto(net.url + "/").then(() => twin.waitForSelector("#line", { timeout: 1000 })));
    await Promise.all([write(page, `line ${i}. of the storm`), twin && write(twin, `line ${i + 1}. of the storm`)]);
    if (twin) {
      i++;
      await twin.close();
    }
    if (act === "offline") await context.setOffline(false);
    if (act === "tab") {
      const cdp = await context.newCDPSession(page);
      cdp.send("Page.crash").catch(() => undefined); // it does not answer any more
      await page.waitForEvent("crash");
      await page.close();
    }
    if (act === "door") await patiently("sign in", again);
    if (act === "tab" || act === "server") await patiently("open Today", today);
  }

  await anew;
  net.rough = false;
  await patiently("open Today", today);
  await page.waitForSelector("#outbox", { state: "hidden", timeout: 120_000 });
  const found = await arrived(kith, "storm", lines);
  t.diagnostic(`${JSON.stringify(did)} through ${JSON.stringify(net.fates)}`);
  assert.deepEqual(found, Array.from({ length: lines }, (_, i) => `line ${i}. of the storm`).sort());
});
