// The outbox where there is no Background Sync: in Firefox and in WebKit, as on every iPhone, what the page said was saved is
// there once, by itself, whatever became of the network, the tab, the server and the cookies meanwhile. KITH_TORTURE is how many
// lines, KITH_SEED which run, KITH_ENGINES which browsers; proof.d has more of all.
import { test } from "node:test";
import assert from "node:assert/strict";
import { arrived, owner, serve } from "./kith.mjs";
import { engine, soon } from "./engines.mjs";
import { dice, patiently, rough } from "./rough.mjs";

const lines = Number(process.env.KITH_TORTURE ?? 10);
const seed = Number(process.env.KITH_SEED ?? 1);

for (const name of (process.env.KITH_ENGINES ?? "firefox webkit").split(" ")) {
  test(`${name}: ${lines} lines through a bad network are ${lines} moments`, { timeout: 60_000 + lines * 6000 }, async (t) => {
    const kith = await serve(t);
    const net = await rough(t, kith.url, seed);
    const roll = dice(seed + 1);
    const b = await engine(t, name);
    const { look } = b;
    const fill = (fields) => look((fields) => {
      for (const [n, v] of Object.entries(fields)) document.querySelector(`main [name=${n}]`).value = v;
      setTimeout(() => document.querySelector("main form .main").click());
    }, fields);
    const inbox = (ms) => soon("Today", () => look(() => location.pathname === "/" && document.readyState === "complete" && !!document.getElementById("line")), ms);
    const signIn = () => patiently("sign in", async () => {
      await b.go(net.url + "/signin");
      if (await look(() => location.pathname !== "/")) await fill({ email: owner.email, password: owner.password });
      await inbox(3000); // the page that says there is no network has the same address
    });
    const today = () => patiently("open Today", async () => {
      await b.go(net.url + "/");
      if (await look(() => location.pathname === "/signin")) await signIn();
      await inbox(3000);
    });
    // hand gives a line over as a person does, said waits until the page says that it is safe.
    const hand = (words) => look((words) => {
      const line = document.getElementById("line");
      line.value = words;
      line.form.requestSubmit();
    }, words);
    const said = (words) => soon(words, () => look((words) => [...document.querySelectorAll("#outbox li, #moments")].some((e) => e.textContent.includes(words)), words));
    const waits = (words) => soon(`${words} waits`, () => look((words) => [...document.querySelectorAll("#outbox li")].some((li) => li.textContent.includes(words) && li.textContent.includes("saved here, not sent yet")), words));
    const empty = (ms = 30_000) => soon("an empty outbox", () => look(() => document.getElementById("outbox")?.hidden === true && !!document.getElementById("moments")), ms);
    const another = async (f) => {
      const first = (await b.tabs())[0];
      await b.turn(await b.tab());
      await today();
      const back = await f(first);
      if (back) await b.turn(back);
      await b.shut();
      await b.turn(first);
    };

    let nth = 0;
    const next = () => `line ${nth++}. of the storm`;
    const plain = async () => {
      const words = next();
      await hand(words);
      await said(words);
    };
    let anew = Promise.resolve();
    const acts = {
      plain,
      gone: async () => { // and what is written on a page that came from the device
        net.gone = true;
        for (let i = 0; i < 2 && nth < lines; i++) {
          const words = next();
          await hand(words);
          await waits(words);
          await b.go(net.url + "/");
          await inbox();
          assert.ok(await look(() => document.body.dataset.from), "Today came from the device");
          await waits(words);
        }
        net.gone = false;
        net.only = "fine";
        await empty();
      },
      unheard: async () => { // kept, and the page does not know
        net.only = "unheard";
        const words = next();
        await hand(words);
        await waits(words);
      },
      shut: () => another(async () => { // the tab, while it sends
        net.only = "slow";
        await plain();
      }),
      again: async () => { // the page is loaded anew while it sends
        net.only = "slow";
        await plain();
        await today();
      },
      twin: () => another(async (first) => {
        const second = (await b.tabs()).find((h) => h !== first);
        const [here, there] = [next(), nth < lines ? next() : undefined];
        await hand(here);
        await b.turn(first);
        if (there) {
          await hand(there);
          await said(there);
        }
        await b.turn(second);
        await said(here);
        return second;
      }),
      server: async () => {
        anew = anew.then(() => kith.again(roll() < 0.7 ? "SIGKILL" : "SIGTERM"));
        await plain();
        await today();
      },
      door: async () => {
        await b.forget();
        net.only = "fine";
        await plain();
        await soon("it asks to sign in", () => look(() => document.querySelector("[data-pocket-door]")?.checkVisibility()), 30_000);
        await signIn();
      },
    };

    await b.go(kith.setup.replace(kith.url, net.url));
    await fill(owner);
    await inbox();
    assert.equal(await look(() => navigator.serviceWorker.ready.then((r) => "sync" in r)), false, "there is no Background Sync");
    await soon("Today is kept", () => look(async () => (await (await caches.match("/"))?.text())?.includes("outbox")));

    net.rough = true;
    const did = {};
    for (let deck = []; nth < lines; ) { // every act once before any comes twice
      if (deck.length === 0) deck = Object.keys(acts);
      const [act] = deck.splice(Math.floor(roll() * deck.length), 1);
      did[act] = (did[act] ?? 0) + 1;
      await acts[act]().catch(async (e) => {
        const seen = await look(() => `${location.href}: ${document.body.innerText}`).catch((e) => e.message);
        throw new Error(`${act}, after line ${nth - 1}: ${e.message}, at ${seen}`, { cause: e });
      });
      net.only = undefined;
    }
    await anew;
    net.rough = false;
    await today();
    await empty(120_000);

    const found = await arrived(kith, "storm", lines);
    t.diagnostic(`${JSON.stringify(did)} through ${JSON.stringify(net.fates)}`);
    assert.deepEqual(found, Array.from({ length: lines }, (_, i) => `line ${i}. of the storm`).sort());
  });
}
