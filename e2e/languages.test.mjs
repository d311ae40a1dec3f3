// Languages: what the browser asks for is spoken from the first page on, right to left where the script runs so.
import { test } from "node:test";
import assert from "node:assert/strict";
import { moveIn, serve, visitor } from "./kith.mjs";

const said = {
  es: { dir: "ltr", today: "Hoy", line: "le di las gracias a @Sara por la sopa #casa", kind: "agradecimiento" },
  ar: { dir: "rtl", today: "اليوم", line: "شكرت @سارة على الحساء #البيت", kind: "شكر" },
  ja: { dir: "ltr", today: "今日", line: "@田中さんにスープのお礼を言った #家", kind: "お礼" },
};

for (const [tag, want] of Object.entries(said)) {
  test(`${tag} from set-up to the first moment`, async (t) => {
    const kith = await serve(t);
    const page = await visitor(t, { locale: tag });
    await moveIn(page, kith);
    const html = page.locator("html");
    assert.equal(await html.getAttribute("lang"), tag);
    assert.equal(await html.getAttribute("dir"), want.dir);
    assert.match(await page.textContent("nav"), new RegExp(want.today));
    await page.fill(".capture [name=text]", want.line);
    await page.click(".capture button.main");
    await page.waitForURL(/kept=/);
    await page.reload();
    const main = await page.textContent("main");
    assert.ok(main.includes(want.kind), `the line is read as ${want.kind}: ${main}`);
    for (const path of ["/people", "/moments", "/reflect", "/presence", "/practices", "/settings", "/pulse"]) {
      await page.goto(kith.url + path);
      assert.equal(await html.getAttribute("dir"), want.dir, path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${path} is ${over} px too wide in ${tag}`);
    }
  });
}
