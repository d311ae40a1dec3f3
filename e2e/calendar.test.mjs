// Calendars elsewhere, by an address and through an account, with and without JavaScript. The other server is one of the
// test's own, in this process: it answers like a small CalDAV and CardDAV server.
import { test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { addUser, faultless, moveIn, serve, signIn, visitor } from "./kith.mjs";

const both = [390, 1280]; // a phone and a desk

process.env.KITH_ALLOW_OUTGOING = "127.0.0.1";

const stamp = (d) => d.toISOString().replace(/[-:]|\.\d+/g, "");
const event = () => {
  const start = new Date(Date.now() + 26 * 3600e3);
  return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Tea\r\nDTSTART:${stamp(start)}\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
};
const card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c1\r\nFN:Marisol Vega\r\nEMAIL:marisol@example.com\r\nEND:VCARD\r\n";

// elsewhere is a server with one calendar and one address book; slow holds its answers back until it is let go.
async function elsewhere(t) {
  const held = { on: false, waiting: [] };
  const xml = (inner) => `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:a="urn:ietf:params:xml:ns:carddav">${inner}</d:multistatus>`;
  const one = (href, prop) => `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${prop}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
  const cal = one("/cal/", "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Work</d:displayname><d:sync-token>t1</d:sync-token>");
  const book = one("/book/", "<d:resourcetype><d:collection/><a:addressbook/></d:resourcetype><d:displayname>Friends</d:displayname><d:sync-token>t1</d:sync-token>");
  const server = createServer((q, s) => {
    let body = "";
    q.on("data", (b) => (body += b));
    q.on("end", () => {
      if (q.url === "/work.ics") return s.end(event());
      if (q.headers.authorization !== "Basic " + Buffer.from("ana:sesame").toString("base64")) return s.writeHead(401).end();
      const say = (inner) => s.writeHead(207, { "Content-Type": "application/xml" }).end(xml(inner));
      if (q.url === "/") return say(q.headers.depth === "1" ? cal + book : one("/", "<c:calendar-home-set><d:href>/</d:href></c:calendar-home-set><a:addressbook-home-set><d:href>/</d:href></a:addressbook-home-set>"));
      const text = (v) => v.replace(/&/g, "&amp;").replace(/</g, "&lt;");
      if (body.includes("sync-collection")) return say(one(q.url + "1", '<d:getetag>"1"</d:getetag>') + "<d:sync-token>t1</d:sync-token>");
      if (body.includes("calendar-multiget")) {
        const go = () => say(one("/cal/1", `<d:getetag>"1"</d:getetag><c:calendar-data>${text(event())}</c:calendar-data>`));
        return held.on ? held.waiting.push(go) : go();
      }
      if (body.includes("addressbook-multiget")) return say(one("/book/1", `<d:getetag>"1"</d:getetag><a:address-data>${text(card)}</a:address-data>`));
      return q.url === "/cal/" ? say(cal) : q.url === "/book/" ? say(book) : s.writeHead(404).end();
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    hold: () => (held.on = true),
    letGo: () => {
      held.on = false;
      held.waiting.splice(0).forEach((go) => go());
    },
  };
}

for (const javaScriptEnabled of [true, false]) {
  test(`calendars are followed, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async (t) => {
    const kith = await serve(t);
    const there = await elsewhere(t);
    const page = await visitor(t, { javaScriptEnabled });
    await moveIn(page, kith);

    // By its address.
    await page.goto(kith.url + "/calendars");
    if (javaScriptEnabled) await faultless(page, "calendars-none", both);
    await page.fill("#new [name=url]", there.url + "work.ics");
    await page.fill("#new [name=name]", "By address");
    await page.click("#new .main");
    await page.getByText("One busy time").waitFor();

    // Through an account: a wrong password is refused at its field, and nothing is kept.
    const account = page.locator("#account");
    await account.locator("[name=address]").fill(there.url);
    await account.locator("[name=account-login]").fill("ana");
    await account.locator("[name=account-password]").fill("wrong");
    await account.getByRole("button").click();
    await page.getByText("does not accept the name and password").waitFor();
    assert.equal(await account.locator("[name=account-password]").inputValue(), "", "a password does not come back");
    if (javaScriptEnabled) await faultless(page, "account-refused", both);
    await account.locator("[name=account-password]").fill("sesame");
    await account.getByRole("button").click();
    await page.getByRole("heading", { name: "What to follow" }).waitFor();
    if (javaScriptEnabled) await faultless(page, "account", both);

    there.hold();
    await page.getByLabel("Work").check();
    await page.getByLabel("Friends").check();
    await page.getByRole("button", { name: "Follow what is ticked" }).click();
    await page.getByText("being read").first().waitFor();
    there.letGo();
    await page.getByText("One busy time").waitFor();
    await page.getByText("One contact").waitFor();
    if (javaScriptEnabled) await faultless(page, "account-read", both);
    const address = page.url();

    await page.goto(kith.url + "/people");
    await page.getByText("Marisol Vega").first().waitFor();
    await page.goto(kith.url + "/import");
    await page.getByRole("link", { name: "Friends" }).waitFor();
    await page.goto(kith.url + "/calendars");
    await page.getByText("2 of 2 followed").waitFor();
    if (javaScriptEnabled) await faultless(page, "calendars", both);
    await page.getByRole("link", { name: "Work", exact: true }).click();
    await page.getByText("Address, name and password are in the account").waitFor();
    if (javaScriptEnabled) await faultless(page, "calendar", both);

    // Somebody else sees nothing of it.
    await addUser(kith, "ben@example.org", "four loud badgers");
    const other = await visitor(t, { javaScriptEnabled });
    await signIn(other, kith, { email: "ben@example.org", password: "four loud badgers" });
    for (const path of [address, page.url()]) assert.equal((await other.goto(path)).status(), 404, path);

    // Removed, its people stay.
    await page.goto(address);
    await page.getByRole("button", { name: "Remove the account" }).click();
    await page.getByText("The account and its password are forgotten").waitFor();
    await page.goto(kith.url + "/people");
    await page.getByText("Marisol Vega").first().waitFor();
  });
}
