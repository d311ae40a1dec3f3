// The end of a presence that could not be told waits on this device, and is told until it is heard. The server keeps it
// once, however often it is told.

export type Waiting = { owner: string; url: string; body: string };

type Told = { sent: (to: string) => void; waits: () => void; refused: () => void };

const place = "kith.presence.out";
const watched = new Map<string, Told>();
let busy: Promise<void> = Promise.resolve();

function read(): Waiting[] {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "[]") as Waiting[];
  } catch {
    return [];
  }
}

function write(list: Waiting[]): void {
  try {
    if (list.length > 0) localStorage.setItem(place, JSON.stringify(list));
    else localStorage.removeItem(place);
  } catch {
    // A browser that keeps nothing: the page still holds the words.
  }
}

const same = (a: Waiting) => (b: Waiting) => a.url === b.url && a.body === b.body;

// keep puts the end of a presence among what waits, and tells it.
export function keep(item: Waiting, told: Told): void {
  watched.set(item.url + item.body, told);
  write([...read(), item]);
  if (!read().some(same(item))) return told.refused(); // nothing can be kept here: send it as a form
  void flush(item.owner);
}

// flush tells what waits, one after the other.
export function flush(owner: string): Promise<void> {
  busy = busy.then(() => tellAll(owner)).catch(() => undefined);
  return busy;
}

async function tellAll(owner: string): Promise<void> {
  for (const item of read().filter((w) => w.owner === owner)) {
    const watcher = watched.get(item.url + item.body);
    let answer: Response;
    try {
      answer = await fetch(item.url, { method: "POST", body: new URLSearchParams(item.body), headers: { Accept: "text/html", "Kith-Owner": item.owner } });
    } catch {
      watcher?.waits();
      return;
    }
    const to = new URL(answer.url);
    if (to.pathname === "/signin" || answer.status === 401 || answer.status === 429 || answer.status >= 500) {
      watcher?.waits(); // heard, and not now
      return;
    }
    write(read().filter((w) => !same(item)(w)));
    if (answer.ok) watcher?.sent(to.pathname + to.search);
    else if (watcher) watcher.refused();
    else {
      const line = new URLSearchParams(item.body).get("line");
      if (line) location.assign("/capture?text=" + encodeURIComponent(line)); // no word is lost
    }
  }
}
