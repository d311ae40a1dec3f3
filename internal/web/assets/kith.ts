// What a page can do beyond links and forms. Everything works without it; the server renders every word and every chip.

import { begin, here, keep } from "./pocket/page";
import { load, replace } from "./pocket/load";
import { mentions, tokens } from "./pocket/names";
import { worker } from "./pocket/worker";
import { closing } from "./pocket/lock";

// The zone the browser is in, for set-up and for moments lived away from home. Temporal knows it at once; a date format, which
// knows it too, first reads everything about the language, and no page should open that much later.
declare const Temporal: { Now: { timeZoneId(): string } } | undefined;
const zone = () => (typeof Temporal === "object" ? Temporal.Now.timeZoneId() : Intl.DateTimeFormat().resolvedOptions().timeZone);
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-zone]")) field.value = zone() || field.value;
for (const shown of document.querySelectorAll<HTMLElement>("[data-zone-shown]")) shown.textContent = zone().replaceAll("_", " ") || shown.textContent;

const flat = (body: FormData) => new URLSearchParams([...body].map(([k, v]) => [k, String(v)] as [string, string]));

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
    let answer: Document;
    try {
      answer = await load("POST", form.action, flat(body));
    } catch {
      if (mine === turn) chips.replaceChildren(...tokens(text.value)); // no network: what stands in the line itself
      return;
    }
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
  let plainly = false; // as a form, because this device keeps nothing
  form.addEventListener("submit", (e) => {
    if (text.value.trim() === "") {
      e.preventDefault();
      text.focus();
      return;
    }
    const looks = e.submitter instanceof HTMLButtonElement && e.submitter.name === "look";
    for (const control of untouched()) control.disabled = true;
    if (plainly || looks) return;
    e.preventDefault();
    const body = flat(new FormData(form));
    const words = text.value;
    const again = form.dataset["again"] === undefined ? undefined : (body.get("id") ?? undefined);
    // The box is empty before anything is waited for, so that the next words are never those that are cleared.
    turn++;
    clearTimeout(timer);
    text.value = shown = text.defaultValue;
    chips.replaceChildren();
    const back = body.get("back") ?? "";
    void keep(body, again, {
      saved: () => {
        if (form.closest(".capture") || location.pathname === "/") return;
        if (!navigator.onLine) location.assign("/");
      },
      kept: (id) => {
        if (location.pathname !== "/") location.assign((back || "/") + "?kept=" + encodeURIComponent(id));
      },
      ask: (line) => {
        const asking = document.createElement("form");
        Object.assign(asking, { method: "post", action: form.action, hidden: true });
        for (const [name, value] of new URLSearchParams(line.body)) asking.append(Object.assign(document.createElement("input"), { name, value }));
        document.body.append(asking);
        asking.submit();
      },
    }).then((saved) => {
      if (saved) return;
      plainly = true;
      text.value = words;
      form.requestSubmit();
    });
  });
  mentions(form, text);
  void here().then((line) => {
    const field = (name: string) => form.querySelector<HTMLInputElement>(`[name=${name}]`) ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    if (!line) return;
    form.dataset["again"] = "";
    field("id").value = line.id;
    field("captured_at").value = line.at;
  }).catch(() => undefined);
  if (text.value === "" && location.pathname === "/capture") text.value = [...new URLSearchParams(location.search)].filter(([k]) => ["title", "text", "url"].includes(k)).map(([, v]) => v).join(" ");
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
    const whose = (d: Document) => d.getElementById("pocket")?.dataset["owner"];
    if (whose(fresh) !== whose(document)) return; // somebody else has signed in: theirs is not shown here
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

// What is being read elsewhere says how far it is, until it is read.
const readAgain = () => {
  const parts = document.querySelectorAll<HTMLElement>("[data-reads]");
  if (parts.length === 0) return;
  setTimeout(() => {
    load("GET", location.href)
      .then((fresh) => parts.forEach((part) => replace(part.id, fresh)))
      .catch(() => undefined)
      .finally(readAgain);
  }, 1500);
};

readAgain();
begin();
worker();
closing();
