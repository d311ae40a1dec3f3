// An archive on its way out and in: it says how far it is, is stopped, and what came is whole or nothing.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import assert from "node:assert/strict";
import { moveIn, serve, told, visitor } from "./kith.mjs";

// crc32 is the check sum of a ZIP (node:zlib has it from version 22).
function crc32(body) {
  let c = -1;
  for (const byte of body) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c >>> 0;
}

// zip puts files into an archive as they are.
function zip(files) {
  const parts = [];
  const index = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const body = Buffer.from(text);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0); // version
    head.writeUInt32LE(crc32(body), 10);
    head.writeUInt32LE(body.length, 14);
    head.writeUInt32LE(body.length, 18);
    head.writeUInt16LE(name.length, 22);
    const entry = Buffer.alloc(14); // comment, disk, attributes
    entry.writeUInt32LE(at, 10);
    index.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), head, entry, Buffer.from(name));
    parts.push(Buffer.from("PK\x03\x04", "latin1"), head, Buffer.from(name), body);
    at += 4 + head.length + name.length + body.length;
  }
  const directory = Buffer.concat(index);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}

// many is an archive of n moments.
function many(n) {
  const first = Date.UTC(2020, 0, 1) * 1000;
  const lines = Array.from({ length: n }, (_, i) => {
    const at = first + i * 60_000_000;
    return JSON.stringify({
      id: `019bc4a8-0000-7000-8000-${i.toString(16).padStart(12, "0")}`, kind: "laugh", text: `a laugh, the ${i}th`, happened_at: at, zone: "UTC",
      day: new Date(at / 1000).toISOString().slice(0, 10), precision: "minute", contact: "yes", captured_at: at, fingerprint: "x", revision: 1, created_at: at, updated_at: at,
    });
  });
  return zip({ "kith.json": JSON.stringify({ format: "kith", version: 1 }) + "\n", "moments.jsonl": lines.join("\n") + "\n" });
}

test("an archive says how far it is, is stopped, and goes out and in", async (t) => {
  const kith = await serve(t);
  const page = await visitor(t);
  await moveIn(page, kith);
  const folder = await mkdtemp(join(tmpdir(), "kith-archive-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "many.zip"), many(30_000));
  const form = page.locator("form[data-archive]");
  const choose = async () => {
    await page.goto(kith.url + "/settings");
    await page.click("#transfer summary");
    await page.setInputFiles("#archive", join(folder, "many.zip"));
  };

  await choose();
  await form.getByRole("button", { name: "Import it" }).click();
  await page.getByText(/[\d,]+ of 30,000 lines/).waitFor();
  if (process.env.KITH_PICTURES) await page.screenshot({ path: join(process.env.KITH_PICTURES, "archive.png") });
  await form.getByRole("button", { name: "Stop" }).click();
  await page.getByText("It was stopped, and nothing of it was kept.").waitFor();
  assert.equal((await told(kith, "search", "laugh")).items.length, 0, "nothing is left of what was stopped");

  await form.getByRole("button", { name: "Import it" }).click();
  await page.locator("#import-result").getByText("30,000", { exact: true }).waitFor({ timeout: 60_000 });
  assert.ok(await form.getByRole("button", { name: "Stop" }).isHidden());

  const saved = page.waitForEvent("download");
  await page.click("a[data-export]");
  await page.locator("[data-leaving]").getByText("All of it was sent").waitFor();
  const whole = await readFile(await (await saved).path());

  const broken = page.waitForEvent("download");
  page.on("request", (r) => { // at once: this much is on its way for less than a second
    const id = /\/settings\/export\?id=([\w-]+)$/.exec(r.url())?.[1];
    if (id) void page.evaluate(async (id) => {
      for (let i = 0; i < 40; i++) await fetch(`/transfers/${id}/stop`, { method: "POST" }).catch(() => {}); // one may go down with the download
    }, id);
  });
  await page.click("a[data-export]");
  await page.locator("[data-leaving]").getByText("It ended early.").waitFor();
  assert.notEqual(await (await broken).failure(), null, "the download is broken off, not short");
  assert.ok(whole.subarray(0, 2).toString() === "PK" && whole.length > 500_000);
});
