// The outbox where there is no Background Sync: in Firefox and in WebKit, as on every iPhone, what was written arrives once.
import { test } from "node:test";
import assert from "node:assert/strict";
import { owner, serve, told } from "./kith.mjs";
import { engine, soon } from "./engines.mjs";
import { rough } from "./rough.mjs";

for (const name of ["firefox", "webkit"]) {
  test(`${name}: what is written without a network arrives once, by itself`, { timeout: 60_000 }, async (t) => {
    const kith = await serve(t);
    const net = await rough(t, kith.url, 1);
    const b = await engine(t, name);
    const { look } = b;
    const fill = (fields) => look((fields) => {
      for (const [n, v] of Object.entries(fields)) document.querySelector(`main [name=${n}]`).value = v;
      setTimeout(() => document.querySelector("main form .main").click());
    }, fields);
    const inbox = () => soon("Today", () => look(() => location.pathname === "/" && document.readyState === "complete" && !!document.getElementById("line")));
    const write = async (words) => {
      await look((words) => {
        const line = document.getElementById("line");
        line.value = words;
        line.form.requestSubmit();
      }, words);
      await soon(words, () => look((words) => [...document.querySelectorAll("#outbox li")].some((li) => li.textContent.includes(words) && li.textContent.includes("saved here, not sent yet")), words));
    };
    const empty = () => soon("an empty outbox", () => look(() => document.getElementById("outbox")?.hidden === true && !!document.getElementById("moments")), 30_000);

    await b.go(kith.setup.replace(kith.url, net.url));
    await fill(owner);
    await inbox();
    assert.equal(await look(() => navigator.serviceWorker.ready.then((r) => "sync" in r)), false, "there is no Background Sync");
    await soon("Today is kept", () => look(async () => (await (await caches.match("/"))?.text())?.includes("outbox")));

    net.gone = true;
    for (const i of [0, 1, 2]) await write(`line ${i} of the storm`);
    await b.go(net.url + "/");
    await inbox();
    assert.ok(await look(() => document.body.dataset.from), "Today came from the device");
    await write("line 3 of the storm");
    net.gone = false;
    await empty();

    net.only = "unheard"; // kept, and the page does not know
    await write("line 4 of the storm");
    net.only = "slow"; // and a tab that is closed while it sends
    const first = (await b.tabs())[0];
    const second = await b.tab();
    await b.turn(second);
    await b.go(net.url + "/");
    await inbox();
    await look(() => {
      document.getElementById("line").value = "line 5 of the storm";
      document.getElementById("line").form.requestSubmit();
    });
    await soon("line 5 is on the device", () => look(() => document.getElementById("outbox").textContent.includes("line 5")));
    await b.shut();
    await b.turn(first);
    net.only = undefined;
    await b.go(net.url + "/");
    await inbox();
    await empty();

    await b.forget();
    await look(() => {
      document.getElementById("line").value = "line 6 of the storm";
      document.getElementById("line").form.requestSubmit();
    });
    await soon("it asks to sign in", () => look(() => document.querySelector("[data-pocket-door]")?.checkVisibility()));
    await b.go(net.url + "/signin");
    await fill({ email: owner.email, password: owner.password });
    await inbox();
    await empty();

    const found = (await told(kith, "search", "storm", "--limit", "100")).items.map((m) => m.text).sort();
    assert.deepEqual(found, [0, 1, 2, 3, 4, 5, 6].map((i) => `line ${i} of the storm`));
  });
}
