// A page's side of the outbox: what was written is saved here first, then sent, and the page says plainly which of the two
// it is. Without a database it stands aside, and the form is sent as a form.

import { uuid7 } from "./id";
import { load, replace } from "./load";
import { all, drop, flush, lines, news, put, type Line, type News, type Outcome } from "./outbox";

const pocket = document.getElementById("pocket");
const owner = pocket?.dataset["owner"] ?? "";
const box = document.getElementById("outbox");
const lang = document.documentElement.lang;

const say = (words: string | undefined) => {
  for (const told of document.querySelectorAll<HTMLElement>("[data-told]")) told.textContent = words ?? "";
};

const clock = (at: string | number) => new Intl.DateTimeFormat(lang, { weekday: "long", hour: "numeric", minute: "2-digit" }).format(new Date(at));

// draw shows what waits: all of it where there is a list, how many everywhere.
let outcome: Outcome = "later";
async function draw(): Promise<void> {
  const waiting = await (owner ? lines(owner) : all()).catch(() => [] as Line[]);
  const note = document.querySelector<HTMLElement>("[data-pocket-waits]");
  if (note) {
    const atDoor = owner !== "" && outcome === "door" && waiting.some((l) => l.state === "waits");
    const words = (atDoor ? note.dataset["door"] : note.dataset["words"]) ?? "";
    const span = note.querySelector("span");
    if (span && waiting.length > 0) {
      const said = words.replace("#", new Intl.NumberFormat(lang).format(waiting.length));
      if (span.textContent !== said) span.textContent = said;
    }
    note.hidden = waiting.length === 0 || (!!box && !atDoor);
    const door = note.querySelector<HTMLElement>("[data-pocket-door]");
    const look = note.querySelector<HTMLElement>("[data-pocket-look]");
    if (door) door.hidden = !atDoor;
    if (look) look.hidden = atDoor;
  }
  if (!box) return;
  const row = box.querySelector("template");
  const list = box.querySelector("ol");
  if (!row || !list) return;
  list.replaceChildren(
    ...waiting.map((line) => {
      const li = row.content.cloneNode(true) as DocumentFragment;
      const part = <T extends HTMLElement>(s: string) => li.querySelector<T>(s);
      const put = (s: string, words: string) => {
        const e = part(s);
        if (e) e.textContent = words;
      };
      li.querySelector("li")?.setAttribute("data-id", line.id);
      put(".words", line.text);
      put("[data-state]", (box.dataset[line.state] ?? "").replace("…", line.why ?? ""));
      put("time", clock(line.at));
      const choose = part<HTMLAnchorElement>("[data-choose]");
      const away = part<HTMLButtonElement>("[data-drop]");
      if (choose && line.state !== "waits") {
        choose.hidden = false;
        choose.href = "/capture?" + new URLSearchParams({ text: line.text, line: line.id }).toString();
      }
      if (away && line.state === "refused") {
        away.hidden = false;
        away.addEventListener("click", () => void drop(line.id).then(draw));
      }
      return li;
    }),
  );
  box.hidden = waiting.length === 0;
}

// arrived shows the page as it is with the line in it, without disturbing what is being written.
let reading: Promise<void> = Promise.resolve();
function arrived(id: string): void {
  reading = reading
    .then(async () => {
      const to = "/?kept=" + encodeURIComponent(id);
      navigator.serviceWorker?.controller?.postMessage({ owner, changed: true });
      if (location.pathname !== "/") return;
      const fresh = await load("GET", to);
      if (fresh.getElementById("pocket")?.dataset["owner"] !== owner) return; // somebody else has signed in
      for (const part of document.querySelectorAll<HTMLElement>("[data-live]")) replace(part.id, fresh);
      const line = fresh.querySelector("main > .notice");
      const old = document.querySelector("main > .notice");
      if (line) {
        const fresh = document.adoptNode(line);
        if (old) old.replaceWith(fresh);
        else pocket?.after(fresh);
      }
      history.replaceState(null, "", to);
    })
    .catch(() => undefined);
}

const heard = (n: News) => {
  if (n.owner !== owner && owner !== "") return;
  if (n.outcome) outcome = n.outcome;
  if (n.kept) {
    say(pocket?.dataset["arrived"]);
    arrived(n.kept);
    const watcher = watched.get(n.kept);
    watched.delete(n.kept);
    watcher?.(n.kept);
  }
  void draw();
};
const watched = new Map<string, (kept: string) => void>();

// send tells the server what waits. While it does, one more wish to send is remembered, not more.
let sending: Promise<unknown> | undefined;
let again = false;
let pause = 1000;
let timer = 0;
export function send(): Promise<unknown> {
  if (!owner) return Promise.resolve();
  if (sending) {
    again = true;
    return sending;
  }
  clearTimeout(timer);
  sending = flush(owner, heard)
    .then((how) => {
      outcome = how;
      if (how === "done") pause = 1000;
      else void lasting().catch(() => undefined);
      if (how === "later" && !again) {
        timer = setTimeout(() => void send(), pause);
        pause = Math.min(pause * 2, 60_000);
      }
    })
    .catch(() => undefined)
    .finally(() => {
      sending = undefined;
      if (again) {
        again = false;
        void send();
      }
    });
  return sending;
}

// keep saves a form's line on this device and sends it. It reports false when this device keeps nothing.
export async function keep(body: URLSearchParams, id: string | undefined, mine: { saved: () => void; kept: (id: string) => void; ask: (line: Line) => void }): Promise<boolean> {
  if (!owner || !("indexedDB" in window)) return false;
  const text = (body.get("text") ?? "").trim();
  const at = body.get("captured_at") || new Date().toISOString();
  const line: Line = { id: id ?? uuid7(), owner, text, body: "", at, zone: body.get("zone") ?? "", state: "waits" };
  body.set("id", line.id);
  body.set("captured_at", at);
  line.body = body.toString();
  try {
    await put(line);
  } catch {
    return false;
  }
  mine.saved();
  say(pocket?.dataset["here"]);
  watched.set(line.id, mine.kept);
  await draw();
  news?.postMessage({ owner } satisfies News);
  void later();
  await send();
  const now = (await lines(owner).catch(() => [] as Line[])).find((l) => l.id === line.id);
  if (now?.state === "ask") mine.ask(now);
  return true;
}

// later asks the browser to send by itself when every page is closed, and to keep what waits even when space is short.
async function later(): Promise<void> {
  try {
    const worker = await navigator.serviceWorker?.ready;
    await (worker as unknown as { sync?: { register(tag: string): Promise<void> } }).sync?.register("kith.outbox");
  } catch {
    // not every browser does: then the next page sends
  }
}

async function lasting(): Promise<void> {
  const note = box?.querySelector<HTMLElement>("[data-fleeting]");
  if (!note || !navigator.storage?.persist) return;
  note.hidden = (await navigator.storage.persisted()) || (await navigator.storage.persist());
}

// here is the line that an address names: one that waits for a name to be chosen.
export async function here(): Promise<Line | undefined> {
  const id = new URLSearchParams(location.search).get("line");
  return id ? (await lines(owner)).find((l) => l.id === id) : undefined;
}

// begin shows what waits, sends it, and sends it again whenever there may be a network.
export function begin(): void {
  const from = document.body.dataset["from"];
  const old = document.querySelector<HTMLElement>("[data-pocket-from]");
  if (from && old) {
    old.textContent = (pocket?.dataset["from"] ?? "").replace("…", clock(Number(from)));
    old.hidden = false;
  }
  const kept = new URLSearchParams(location.search).get("kept");
  const settle = kept ? drop(kept).catch(() => undefined) : Promise.resolve(); // kept by a form
  void settle.then(draw).then(send);
  if (!owner) return;
  const now = () => {
    pause = 1000;
    void send();
  };
  addEventListener("online", now);
  addEventListener("pageshow", (e) => e.persisted && now());
  document.addEventListener("visibilitychange", () => document.hidden || now());
  news?.addEventListener("message", (e: MessageEvent<News>) => heard(e.data));
  box?.querySelector("[data-send]")?.addEventListener("click", now);
  box?.querySelector("[data-download]")?.addEventListener("click", () => {
    void lines(owner).then((list) => {
      const file = list.map((l) => ({ id: l.id, text: l.text, captured_at: l.at, zone: l.zone }));
      const a = document.createElement("a");
      a.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2) + "\n"], { type: "application/json" }));
      a.download = "kith-waiting.json";
      a.click();
      setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
    });
  });
}
