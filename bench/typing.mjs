// How soon a page answers a key: a line typed into the capture box of somebody who knows 500 people, with the processor made four
// times slower. It prints the worst interaction to next paint and the middle one; it is no test.
//
//   go build . && KITH_BIN=./kith node bench/typing.mjs
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { moveIn, serve, told, visitor } from "../e2e/kith.mjs";

const syllables = ["ma", "ri", "lo", "sa", "te", "no", "ki", "ra", "be", "du"];
const word = (n) => [n % 10, (n / 10) | 0, (n / 100) | 0, (n * 7) % 10].map((i) => syllables[i % 10]).join("");
const name = (n) => [word(n), word(499 - n)].map((w) => w[0].toUpperCase() + w.slice(1)).join(" ");

test("typing with 500 names at a quarter of the speed", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const folder = await mkdtemp(join(tmpdir(), "kith-typing-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "names.vcf"), Array.from({ length: 500 }, (_, n) => `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${name(n)}\r\nUID:${n}\r\nEND:VCARD\r\n`).join(""));
  await told(kith, "import", join(folder, "names.vcf"));
  const cdp = await page.context().newCDPSession(page);
  for (const round of [1, 2, 3]) {
    await page.goto(kith.url + "/");
    await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined); // the stream of news never ends
    await page.evaluate(() => {
      globalThis.took = [];
      new PerformanceObserver((list) => {
        for (const e of list.getEntries()) if (e.interactionId) globalThis.took.push([e.duration, e.name]);
      }).observe({ type: "event", durationThreshold: 16 });
    });
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.locator("#line").pressSequentially("thanked @Mari for the tea and @\"Riri Sana\" with @Kira and laughed with @Lo yesterday 3pm :)", { delay: 120 });
    await page.waitForTimeout(1000);
    const took = await page.evaluate(() => globalThis.took);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    const keys = took.filter(([, what]) => what.startsWith("key")).map(([ms]) => ms).sort((a, b) => a - b);
    t.diagnostic(`round ${round}: worst ${keys.at(-1) ?? "<16"} ms, middle ${keys[keys.length >> 1] ?? "<16"} ms of ${keys.length} keys over 16 ms`);
  }
});
