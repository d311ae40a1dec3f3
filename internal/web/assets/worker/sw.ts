// The service worker: pages open without a network, and what waits is sent when the network returns.
//
// Files are kept for everybody, by the version of all of them together. Pages are kept for the one account that is signed in,
// and go as soon as anybody signs out or somebody else comes: nobody is shown another's. It never answers for the API, and
// a page from the network always comes before one that was kept.

import { flush } from "../pocket/outbox";

declare const self: ServiceWorkerGlobalScope;
declare const SHELL: { version: string; assets: string[] };

const files = "kith-files-" + SHELL.version;
const own = "kith-own-" + SHELL.version + "-";
const meta = "kith-meta"; // whose pages are kept
const patience = 6000; // ms for a page before the one that was kept is shown
const most = 150; // pages kept
const hour = 3_600_000;

// What is kept without being visited, and after how long it is asked for again.
const fill: [string, number][] = [
  ["/", hour / 6],
  ["/people/names", 0], // costs nothing while it is the same
  ["/capture", 24 * hour],
  ["/moments", 3 * hour],
  ["/people", 24 * hour],
  ["/presence", 24 * hour],
  ["/breathe/cyclic-sigh", 72 * hour],
  ["/breathe/slow-six", 72 * hour],
  ["/breathe/box", 72 * hour],
  ["/breathe/pause", 72 * hour],
];
const visited = /^\/(capture|people|people\/names|moments|presence|look-back|breathe\/[\w.-]+|(people|moments)\/[0-9a-f-]{36}|(day|week|year)\/[\w-]+)?$/;

let whose: string | undefined;

async function owner(): Promise<string> {
  if (whose === undefined) {
    const found = (await (await (await caches.open(meta)).match("/owner"))?.text()) ?? "";
    whose ??= found; // somebody may have come while it was read
  }
  return whose;
}

// belongs says whose pages are kept from now on; everybody else's go.
async function belongs(to: string): Promise<void> {
  if (to === (await owner())) return;
  whose = to;
  await (await caches.open(meta)).put("/owner", new Response(to));
  for (const name of await caches.keys()) if (name.startsWith("kith-own-") && name !== own + to) await caches.delete(name);
}

// What a device that locks its private pages keeps none of.
const secluded = /^\/(reflect|look-back|day|week|year)(\/|$)/;
let secluding = false;

// seclude takes private pages away from a device that has begun to lock them.
async function seclude(r: Response): Promise<void> {
  const locks = r.headers.has("Kith-Lock");
  if (locks === secluding) return;
  secluding = locks;
  if (!locks) return;
  const cache = await caches.open(own + (await owner()));
  for (const request of await cache.keys()) if (secluded.test(new URL(request.url).pathname)) await cache.delete(request);
}

const keepable = (url: URL) => visited.test(url.pathname) && (url.search === "" || (url.pathname === "/moments" && /^\?cursor=[^&]+$/.test(url.search)));

// store keeps a page under whoever it says it belongs to, with the time at which it was so. Private words are not kept: a
// device may lie on the table, and without a network nobody asks who reads.
async function store(url: URL, r: Response): Promise<void> {
  const to = r.headers.get("Kith-Owner") ?? "";
  if (!r.ok || r.redirected || !keepable(url) || to === "" || to === "none" || to !== (await owner())) return;
  if (r.headers.has("Kith-Lock") && secluded.test(url.pathname)) return;
  const headers = new Headers(r.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("Kith-At", String(Date.now()));
  const body = (await r.text()).replace(/<!-- private -->[^]*?<!-- \/private -->/g, "");
  const cache = await caches.open(own + to);
  if (to !== (await owner())) return;
  await cache.delete(url.href);
  await cache.put(url.href, new Response(body, { headers }));
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(old);
  if ((headers.get("Content-Type") ?? "").startsWith("text/html")) await drawn(body);
}

// drawn keeps the files that a page is drawn with.
async function drawn(body: string): Promise<void> {
  const cache = await caches.open(files);
  for (const [href] of body.matchAll(/\/static\/[\w.-]+\.(?:css|js|svg|png)/g)) {
    if (await cache.match(href)) continue;
    const r = await fetch(href);
    if (r.ok) await cache.put(href, r);
  }
}

// kept is a page as it was, saying so.
async function kept(url: URL): Promise<Response | undefined> {
  const to = await owner();
  if (!to) return undefined;
  const cache = await caches.open(own + to);
  const r = (await cache.match(url.href)) ?? (url.pathname === "/" || url.pathname === "/capture" || url.pathname === "/moments" ? await cache.match(url.origin + url.pathname) : undefined);
  if (!r) return undefined;
  if (!(r.headers.get("Content-Type") ?? "").startsWith("text/html")) return r;
  const body = (await r.text()).replace("<body ", `<body data-from="${Number(r.headers.get("Kith-At"))}" `);
  return new Response(body, { headers: r.headers });
}

async function page(e: FetchEvent, url: URL): Promise<Response> {
  const asked = (async () => {
    const r = ((await e.preloadResponse) as Response | undefined) ?? (await fetch(e.request));
    if (r.type === "error") throw new Error("no network"); // a preload that failed: Firefox resolves it, others reject it
    const to = r.headers.get("Kith-Owner");
    if (to !== null) await belongs(to === "none" ? "" : to);
    if (to !== null && to !== "none") await seclude(r);
    const copy = r.clone();
    e.waitUntil(store(url, copy).catch(() => undefined));
    return r;
  })();
  asked.catch(() => undefined);
  const late = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), patience));
  try {
    const first = await Promise.race([asked, late]);
    if (first !== "late") return first;
    return (await kept(url)) ?? (await asked);
  } catch {
    return (await kept(url)) ?? (await (await caches.open(files)).match("/offline")) ?? Response.error();
  }
}

async function data(e: FetchEvent, url: URL): Promise<Response> {
  try {
    const r = await fetch(e.request);
    const copy = r.clone();
    e.waitUntil(store(url, copy).catch(() => undefined));
    return r;
  } catch {
    return (await kept(url)) ?? Response.error();
  }
}

async function file(request: Request): Promise<Response> {
  const found = await caches.match(request);
  if (found) return found;
  const r = await fetch(request);
  if (r.ok) await (await caches.open(files)).put(request, r.clone());
  return r;
}

// filling keeps what is useful without a network, one after the other, each only when it has grown old.
let busy = false;
let once: boolean | undefined; // more, once this is done: because something changed, or only so
async function filling(changed = false): Promise<void> {
  const to = await owner();
  if (!to) return;
  if (busy) {
    once = once === true || changed;
    return;
  }
  busy = true;
  try {
    const cache = await caches.open(own + to);
    const list = fill.map(([path, age]) => ({ path, age: changed && (path === "/" || path === "/moments") ? 0 : age }));
    for (let i = 0; i < list.length && i < fill.length + 3; i++) {
      const { path, age } = list[i] as { path: string; age: number };
      const url = new URL(path, self.location.origin);
      const was = await cache.match(url.href);
      if (was && Date.now() - Number(was.headers.get("Kith-At")) < age) continue;
      const r = await fetch(url, { cache: "no-cache", redirect: "error" });
      if (r.headers.get("Kith-Owner") !== to) return;
      const copy = r.clone();
      await store(url, r);
      const next = url.pathname === "/moments" ? /href="(\/moments\?cursor=[^"]+)"/.exec(await copy.text())?.[1] : undefined;
      if (next) list.push({ path: next.replaceAll("&amp;", "&"), age });
    }
  } finally {
    busy = false;
  }
  if (once === undefined) return;
  const more = once;
  once = undefined;
  await filling(more);
}

self.addEventListener("install", (e) => {
  e.waitUntil(
    (async () => {
      const cache = await caches.open(files);
      await cache.addAll([...SHELL.assets, new Request("/offline", { cache: "reload" })]);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (e) => {
  e.waitUntil(
    (async () => {
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
      await filling().catch(() => undefined); // before what an older version kept goes
      for (const name of await caches.keys()) if (name !== files && name !== meta && !name.startsWith(own)) await caches.delete(name);
    })(),
  );
});

self.addEventListener("fetch", (e) => {
  const { request } = e;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && request.mode === "navigate" && /^\/(signout|signin(\/.*)?|setup\/.*|reset\/.*|settings\/delete)$/.test(url.pathname)) {
    e.respondWith(belongs("").then(() => fetch(request)).catch(async () => (await caches.match("/offline")) ?? Response.error()));
    return;
  }
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) e.respondWith(file(request));
  else if (request.mode === "navigate" && !url.pathname.startsWith("/api/")) e.respondWith(page(e, url));
  else if (url.pathname === "/people/names") e.respondWith(data(e, url));
});

self.addEventListener("message", (e) => {
  const { owner: to, changed } = e.data as { owner: string; changed?: boolean };
  e.waitUntil(
    (async () => {
      if (!changed) await belongs(to); // only a page that has just come from the network knows whose it is
      if (to === (await owner())) await filling(changed);
    })().catch(() => undefined),
  );
});

self.addEventListener("sync", (e) => {
  const event = e as ExtendableEvent;
  event.waitUntil(
    (async () => {
      const to = await owner();
      if (to && (await flush(to)) === "later") throw new Error("not yet"); // the browser asks again
    })(),
  );
});
