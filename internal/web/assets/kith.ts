// What a page can do beyond links and forms. Everything works without it; the server renders every word and every chip.
// Answers are read as documents by XMLHttpRequest: no text ever becomes markup here, so Trusted Types hold.

function load(method: "GET" | "POST", url: string, body?: FormData | URLSearchParams): Promise<Document> {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest();
    x.open(method, url);
    x.responseType = "document";
    x.setRequestHeader("Accept", "text/html");
    x.onload = () => (x.responseXML ? resolve(x.responseXML) : reject(new Error(String(x.status))));
    x.onerror = () => reject(new Error("offline"));
    x.send(body ?? null);
  });
}

// replace puts the part of another document in the place of the one with the same id.
function replace(id: string, from: Document): void {
  const here = document.getElementById(id);
  const there = from.getElementById(id);
  if (here && there && !here.contains(document.activeElement)) here.replaceWith(document.adoptNode(there));
}

// The zone the browser is in, for set-up and for moments lived away from home.
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || field.value;
}
for (const shown of document.querySelectorAll<HTMLElement>("[data-zone-shown]")) {
  shown.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("_", " ") || shown.textContent;
}

// Chips: what the line would become, while it is being written. Only what a hand has corrected is sent along; the rest
// is read from the line anew.
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-capture]")) {
  const text = form.querySelector<HTMLInputElement>("[name=text]");
  const chips = form.querySelector<HTMLElement>("[data-chips]");
  if (!text || !chips) continue;
  let timer = 0;
  let turn = 0;
  let shown = text.value.trim();

  const untouched = () => [...chips.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]:not([data-touched])")];
  const look = async () => {
    const mine = ++turn;
    shown = text.value.trim();
    if (shown === "") {
      chips.replaceChildren();
      return;
    }
    const body = new FormData(form);
    for (const control of untouched()) body.delete(control.name);
    for (const control of chips.querySelectorAll<HTMLInputElement>("[name=drop][data-touched]:checked, [name=who][data-touched]")) {
      if (!body.getAll(control.name).includes(control.value)) body.append(control.name, control.value);
    }
    body.set("look", "1");
    const answer = await load("POST", form.action, new URLSearchParams([...body].map(([k, v]) => [k, String(v)])));
    const fresh = answer.querySelector("[data-chips]");
    if (mine !== turn || !fresh || chips.contains(document.activeElement)) return;
    chips.replaceChildren(...[...fresh.childNodes].map((n) => document.adoptNode(n)));
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look().catch(() => undefined), 140);
  };
  text.addEventListener("input", () => {
    if (text.value.trim() !== shown) soon();
  });
  chips.addEventListener("change", (e) => {
    if (e.target instanceof HTMLElement) e.target.dataset["touched"] = "";
  });
  form.addEventListener("submit", (e) => {
    if (text.value.trim() === "") {
      e.preventDefault();
      text.focus();
      return;
    }
    for (const control of untouched()) control.disabled = true;
  });
  addEventListener("pageshow", () => {
    for (const control of untouched()) control.disabled = false;
  });
}

// A line that was ended without a network waits on this device; what sends it is loaded only then.
const waiting = document.querySelector<HTMLElement>("[data-presence-out]")?.dataset["presenceOut"];
try {
  if (waiting && localStorage.getItem("kith.presence.out")) void import(waiting);
} catch {
  // A browser that keeps nothing has nothing waiting.
}

// "/" or "c" begins to write; where nothing can be written, it begins to search.
addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || (e.key !== "/" && e.key !== "c")) return;
  if (e.target instanceof Element && e.target.closest("input, select, textarea, [contenteditable]")) return;
  const field = document.querySelector<HTMLInputElement>("[data-capture] [name=text], input[type=search]");
  if (!field) return;
  e.preventDefault();
  field.focus();
});

// A form whose answer is shown beside it, so that a chosen file stays chosen.
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-inplace]")) {
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const target = form.dataset["inplace"] ?? "";
    const button = e.submitter instanceof HTMLButtonElement ? e.submitter : null;
    const body = new FormData(form);
    if (button) {
      body.set(button.name, button.value);
      button.disabled = true;
    }
    load("POST", form.action, body)
      .then((answer) => replace(target, answer))
      .catch(() => form.submit())
      .finally(() => button && (button.disabled = false));
  });
}

// When something is logged elsewhere, the parts of this page that show it are read again.
const live = document.querySelectorAll<HTMLElement>("[data-live]");
if (live.length > 0) {
  let source: EventSource | undefined;
  const refresh = async () => {
    const fresh = await load("GET", location.href);
    for (const part of document.querySelectorAll<HTMLElement>("[data-live]")) replace(part.id, fresh);
  };
  const again = () => {
    dispatchEvent(new Event("kith:changed"));
    void refresh().catch(() => undefined);
  };
  const listen = () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else if (!source) {
      source = new EventSource("/live");
      source.addEventListener("moments", again);
      source.addEventListener("resync", again);
    }
  };
  document.addEventListener("visibilitychange", () => {
    const was = source;
    listen();
    if (!was && source) again();
  });
  listen();
}
