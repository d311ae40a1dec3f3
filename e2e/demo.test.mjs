// The demo: what a stranger sees first.
import { spawn } from "node:child_process";
import http from "node:http";
import { test } from "node:test";
import assert from "node:assert/strict";
import { visitor } from "./kith.mjs";

// demo starts one and waits until it says where it is.
async function demo(t, ...args) {
  const child = spawn(process.env.KITH_BIN, ["demo", "--addr", "127.0.0.1:0", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (b) => (said += b));
  const url = await new Promise((resolve, reject) => {
    child.stdout.on("data", (b) => {
      said += b;
      const at = /Kith is at (http:\S+)/.exec(said);
      if (at) resolve(at[1]);
    });
    child.on("exit", (code) => reject(new Error(`kith demo ended with ${code}:\n${said}`)));
  });
  t.after(async () => {
    child.removeAllListeners("exit");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    assert.ok(!/level=(ERROR|WARN)/.test(said), said);
  });
  return url;
}

test("the printed address opens on Today, signed in and alive", async (t) => {
  const url = await demo(t, "--lang", "en");
  const page = await visitor(t);
  await page.goto(url);
  assert.equal(new URL(page.url()).pathname, "/");
  assert.match(await page.textContent("body"), /Robin Hale/);
  assert.match(await page.textContent("main"), /You mean to/, "an intention");
  assert.ok((await page.locator("main .mote, main svg.mote, main use").count()) > 2, "motes");
  await page.goto(url + "/people");
  assert.ok((await page.locator("main .people a[href^='/people/']").count()) >= 30, "people");
  await page.click("main .people a[href^='/people/'] >> nth=0");
  assert.ok((await page.textContent("main")).length > 400, "a person has a history");
});

test("it is told in German, and another site cannot show itself as it", async (t) => {
  const url = await demo(t, "--lang", "de");
  const page = await visitor(t);
  await page.goto(url);
  assert.equal(await page.getAttribute("html", "lang"), "de");
  assert.match(await page.textContent("body"), /Robin Keller/);
  const { port } = new URL(url);
  const cookies = (host) => new Promise((resolve, reject) => {
    http.get({ host: "127.0.0.1", port, path: "/", headers: { Host: host, Accept: "text/html" } }, (res) => {
      res.resume();
      resolve(res.headers["set-cookie"]);
    }).on("error", reject);
  });
  assert.ok(await cookies(`127.0.0.1:${port}`), "by address too");
  assert.equal(await cookies(`elsewhere.example:${port}`), undefined, "by no other name");
});
