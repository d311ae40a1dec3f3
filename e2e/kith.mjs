// What the browser tests share: a Kith of their own each, in a folder of its own, and a browser that tells on every
// page which breaks the content security policy or throws.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import assert from "node:assert/strict";
import axe from "axe-core";
import { chromium } from "playwright-core";

const bin = process.env.KITH_BIN;
assert.ok(bin, "KITH_BIN names the program to test");

export const owner = { name: "Ana Lindqvist", email: "ana@example.org", password: "seven quiet otters" };

// serve starts Kith on an empty folder and waits until it says where it is. Its again() kills it and starts it anew, at the
// same address and on the same folder.
export async function serve(t) {
  const data = await mkdtemp(join(tmpdir(), "kith-e2e-"));
  let child;
  const start = (addr, sign) =>
    new Promise((resolve, reject) => {
      child = spawn(bin, ["serve", "--addr", addr, "--data", data], { stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      child.stderr.on("data", (b) => (said += b));
      child.stdout.on("data", (b) => {
        said += b;
        const link = sign.exec(said);
        if (link) resolve(link[0]);
      });
      child.on("exit", (code) => reject(new Error(`kith serve ended with ${code}:\n${said}`)));
    });
  const stop = async (signal) => {
    child.removeAllListeners("exit");
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  };
  t.after(async () => {
    await stop("SIGTERM");
    await rm(data, { recursive: true, force: true });
  });
  const setup = await start("127.0.0.1:0", /https?:\/\/\S+\/setup\/[\w-]+/);
  const { origin, host } = new URL(setup);
  const again = async (signal) => {
    await stop(signal);
    await start(host.replace("localhost", "127.0.0.1"), /https?:\/\/\S+/);
  };
  return { data, setup, url: origin, again };
}

// told is what a command of the program answers as JSON.
export function told(kith, ...args) {
  return new Promise((resolve, reject) =>
    execFile(bin, [...args, "--json", "--data", kith.data], (err, out, wrong) => (err ? reject(new Error(wrong + out)) : resolve(JSON.parse(out)))));
}

// arrived are the words of all moments that a word finds, in order of the alphabet. It waits until there are as many as should come:
// a page that was just opened says that nothing waits before it has looked.
export async function arrived(kith, word, many) {
  for (const until = Date.now() + 60_000; ; ) {
    const texts = [];
    for (let cursor = ""; ; ) {
      const answer = await told(kith, "search", word, "--limit", "100", ...(cursor ? ["--cursor", cursor] : []));
      texts.push(...answer.items.map((m) => m.text));
      cursor = answer.next_cursor;
      if (!cursor) break;
    }
    if (texts.length >= many || Date.now() > until) return texts.sort();
    await new Promise((r) => setTimeout(r, 500));
  }
}

// addUser makes another account from the terminal, while the server runs.
export function addUser(kith, email, password) {
  return new Promise((resolve, reject) => {
    const child = execFile(bin, ["user", "add", "--email", email, "--password-stdin", "--data", kith.data], (err, out, wrong) =>
      err ? reject(new Error(wrong + out)) : resolve(out));
    child.stdin.end(password + "\n");
  });
}

let shared;
async function browser() {
  shared ??= chromium.launch({
    executablePath: process.env.KITH_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  return shared;
}
after(async () => (await shared)?.close());

// visitor is a browser with no cookies. Whatever its pages break is an error of the test.
export async function visitor(t, options = {}) {
  const context = await (await browser()).newContext({
    viewport: { width: 390, height: 844 }, locale: "en-GB", timezoneId: "Europe/Berlin", reducedMotion: "reduce", ...options,
  });
  const broken = [];
  context.on("console", (m) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/i.test(m.text())) broken.push(m.text());
  });
  context.on("weberror", (e) => broken.push(String(e.error())));
  t.after(async () => {
    await context.close();
    assert.deepEqual(broken, [], "pages kept the content security policy and threw nothing");
  });
  return context.newPage();
}

// moveIn follows the set-up link to Today.
export async function moveIn(page, kith, who = owner) {
  await page.goto(kith.setup);
  await page.fill("[name=name]", who.name);
  await page.fill("[name=email]", who.email);
  await page.fill("[name=password]", who.password);
  await page.click("form .main");
  await page.waitForURL(kith.url + "/");
}

export async function signIn(page, kith, who) {
  await page.goto(kith.url + "/signin");
  await page.fill("[name=email]", who.email);
  await page.fill("[name=password]", who.password);
  await page.click("form .main");
}

// keep writes a line on Today and keeps it.
export async function keep(page, kith, line) {
  await page.goto(kith.url + "/");
  await page.fill("#line", line);
  await page.press("#line", "Enter");
  await page.waitForURL(/kept=/);
}

// faults are what axe can see on a page as it is. Its words are put into a page once: most of a look's time is their way there.
async function faults(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`);
  }, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
}

// tooWide is by how much a page is wider than its window, and what sticks out.
const tooWide = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return "";
    const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > clientWidth + 1);
    return `${scrollWidth - clientWidth} px: ${out.slice(0, 3).map((e) => e.outerHTML.slice(0, 120))}`;
  });

// edgeless are the controls that nothing outlines when colours are forced, which takes backgrounds and shadows away.
const edgeless = (page) =>
  page.evaluate(() => {
    const outlined = (e) => {
      const { borderTopStyle, borderBottomStyle, outlineStyle } = getComputedStyle(e);
      return [borderTopStyle, borderBottomStyle, outlineStyle].some((s) => s !== "none");
    };
    const told = (e) => outlined(e) || outlined(e.parentElement) || getComputedStyle(e).textDecorationLine.includes("underline");
    const own = ":not([type=hidden], [type=checkbox], [type=radio], [type=range])"; // those are drawn by the browser
    return [...document.querySelectorAll(`button, .button, input${own}, select, textarea`)]
      .filter((e) => e.checkVisibility() && !told(e)).map((e) => e.outerHTML.slice(0, 120));
  });

// faultless looks at a page with all its folds open: no fault that axe can see in light and dark, at its own width or those
// named; no sideways scrolling at 320 and 1280 px, nor with letters twice as large; and controls that can be told where
// colours are forced. It leaves the page as it was. KITH_PICTURES names a folder for pictures of what it saw.
export async function faultless(page, name, widths = [page.viewportSize().width]) {
  const folds = await page.locator("main details:not([open])").elementHandles();
  for (const fold of folds) await fold.evaluate((d) => (d.open = true));
  const before = page.viewportSize();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const width of widths) {
      if (width !== page.viewportSize().width) await page.setViewportSize({ width, height: before.height });
      assert.deepEqual(await faults(page), [], `${name}, ${colorScheme}, ${width}`);
    }
    for (const width of process.env.KITH_PICTURES ? [390, 1280] : []) {
      await page.setViewportSize({ width, height: 844 });
      await page.screenshot({ path: `${process.env.KITH_PICTURES}/${name.replace(/[^\p{L}\p{N}]+/gu, "-")}-${width}-${colorScheme}.png`, fullPage: true });
    }
    await page.setViewportSize(before);
  }
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    assert.equal(await tooWide(page), "", `${name} scrolls sideways at ${width} px`);
  }
  await page.setViewportSize({ width: 640, height: 844 }); // 320 px for letters twice as large
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  assert.equal(await tooWide(page), "", `${name} scrolls sideways with letters twice as large`);
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce", forcedColors: "active" });
  assert.deepEqual(await edgeless(page), [], `${name}, colours forced`);
  for (const fold of folds) await fold.evaluate((d) => (d.open = false));
  await page.emulateMedia({ forcedColors: "none" });
  await page.setViewportSize(before);
}
