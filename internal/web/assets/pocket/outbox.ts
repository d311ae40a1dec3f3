// What was written and has not arrived: kept on the device until the server has answered that it is kept there. Pages and
// the service worker share it. A line is sent as often as it takes; its id makes it one moment however often that is.

export type State = "waits" | "ask" | "refused";

export interface Line {
  id: string;
  owner: string; // the account that wrote it; sent for nobody else
  text: string;
  body: string; // the form, as it is sent
  at: string; // when it was written, by this device's clock
  zone: string;
  state: State;
  why?: string;
}

// Outcome of sending what waits: everything arrived or needs its writer, some did not arrive, or nobody is signed in.
export type Outcome = "done" | "later" | "door";

export interface News {
  owner: string; // whose lines it is about: a page of somebody else's does not listen
  kept?: string; // the id of a line that arrived
  outcome?: Outcome;
}

const patience = 20_000; // ms for one answer
const turn = 30_000; // ms for whoever else is sending

export const news = "BroadcastChannel" in globalThis ? new BroadcastChannel("kith.outbox") : undefined;

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const ask = indexedDB.open("kith", 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore("outbox", { keyPath: "id" });
    ask.onsuccess = () => {
      ask.result.onversionchange = () => ask.result.close();
      ask.result.onclose = () => (opened = undefined);
      resolve(ask.result);
    };
    ask.onerror = () => reject(ask.error ?? new Error("no database"));
    ask.onblocked = () => reject(new Error("blocked"));
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

// change runs one transaction; when it is resolved, what it wrote is on the disk. f commits it: WebKit may put a page that is
// left aside with its transaction open, and every other page would wait for it.
async function change(f: (store: IDBObjectStore, tx: IDBTransaction) => void): Promise<void> {
  const db = await open();
  return new Promise((resolve, reject) => {
    const tx = db.transaction("outbox", "readwrite", { durability: "strict" });
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error("not kept"));
    tx.onerror = () => undefined; // it aborts
    f(tx.objectStore("outbox"), tx);
  });
}

export const put = (line: Line): Promise<void> => change((store, tx) => (store.put(line), tx.commit()));
export const drop = (id: string): Promise<void> => change((store, tx) => (store.delete(id), tx.commit()));

// everybody's lines, oldest first.
export async function all(): Promise<Line[]> {
  const db = await open();
  return new Promise((resolve, reject) => {
    const tx = db.transaction("outbox");
    const ask = tx.objectStore("outbox").getAll();
    tx.commit();
    ask.onsuccess = () => resolve((ask.result as Line[]).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1)));
    ask.onerror = () => reject(ask.error ?? new Error("not read"));
  });
}

export const lines = async (owner: string): Promise<Line[]> => (await all()).filter((l) => l.owner === owner);

// mark changes a line that is still there; one that was dropped or kept meanwhile stays so.
async function mark(id: string, state: State, why: string): Promise<void> {
  return change((store, tx) => {
    const ask = store.get(id);
    ask.onsuccess = () => {
      if (ask.result) store.put({ ...(ask.result as Line), state, why });
      tx.commit();
    };
  });
}

type Said = { state: State | "kept" | "later" | "door"; why: string };

// tell sends one line. Only an answer that names the line counts: a hotel's sign-in page answers 200 too.
async function tell(line: Line): Promise<Said> {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), patience);
  try {
    const body = new URLSearchParams(line.body);
    body.set("sent_at", new Date().toISOString());
    const r = await fetch("/capture", {
      method: "POST",
      body,
      headers: { Accept: "application/json", "Kith-Owner": line.owner },
      cache: "no-store",
      redirect: "error",
      signal: stop.signal,
    });
    if (r.status === 401) return { state: "door", why: "" };
    const said = (await r.json()) as { id?: string; state?: string; why?: string };
    if (said.id !== line.id) return { state: "later", why: "" };
    if (said.state === "kept" || said.state === "ask" || said.state === "refused") return { state: said.state, why: said.why ?? "" };
  } catch {
    // no network, or half of one
  } finally {
    clearTimeout(late);
  }
  return { state: "later", why: "" };
}

// alone runs f when no other page or worker of this device sends. Whoever holds the turn too long (a page put to sleep) is
// not waited for: two that send the same do no harm.
async function alone<T>(f: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (!locks) return f();
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), turn);
  let began = false;
  try {
    return await locks.request("kith.outbox", { signal: stop.signal }, () => {
      clearTimeout(late);
      began = true;
      return f();
    });
  } catch (e) {
    if (began) throw e;
    return f();
  } finally {
    clearTimeout(late);
  }
}

// flush sends what waits of one account, oldest first, and tells every page what became of it.
export async function flush(owner: string, heard: (n: News) => void = () => undefined): Promise<Outcome> {
  const say = (what: Omit<News, "owner">) => {
    const n = { ...what, owner };
    news?.postMessage(n);
    heard(n);
  };
  const outcome = await alone<Outcome>(async () => {
    let missed = 0;
    for (const line of await lines(owner)) {
      if (line.state !== "waits") continue;
      const { state, why } = await tell(line);
      if (state === "door") return "door";
      if (state === "later") {
        if (++missed === 2) return "later"; // one line that nobody can take does not hold up the others
      } else if (state === "kept") {
        await drop(line.id);
        say({ kept: line.id });
      } else {
        await mark(line.id, state, why);
        say({});
      }
    }
    return missed > 0 ? "later" : "done";
  });
  say({ outcome });
  return outcome;
}
