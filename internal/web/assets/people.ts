// Finding somebody while their name is typed. The names are fetched once, as JSON, and again when something changed; a
// row is a copy of the page's own template with text put into it, so no text ever becomes markup.

import { found, names, type Known } from "./pocket/names";

const form = document.querySelector<HTMLFormElement>("#find");
const field = form?.querySelector<HTMLInputElement>("[name=q]");
const row = document.querySelector<HTMLTemplateElement>("#row");
const most = 60; // rows at once; who types one letter more sees the rest
const pause = 140; // milliseconds without a key before the server is asked

if (form && field && row) {
  const url = form.dataset["names"] ?? "";
  const said = form.querySelector<HTMLElement>("[data-found]");
  let whole: HTMLElement | undefined; // the list as it was before anything was typed
  let asked: AbortController | undefined; // who else is known by what is typed
  let only = false; // one person is meant
  let stale = false; // something changed since
  addEventListener("kith:changed", () => (stale = whole !== undefined));
  const typedAtFirst = field.value.trim();

  const draw = (p: Known): Node => {
    const li = row.content.cloneNode(true) as DocumentFragment;
    const write = (selector: string, text: string) => {
      const e = li.querySelector(selector);
      if (e) e.textContent = text;
    };
    li.querySelector("a")?.setAttribute("href", "/people/" + encodeURIComponent(p.id));
    write(".person", p.name);
    write(".also", p.also ?? "");
    write(".last", p.last ?? "");
    const face = li.querySelector(".face");
    if (face && p.photo) {
      const img = document.createElement("img");
      Object.assign(img, { className: "face face-s", src: p.photo, alt: "", loading: "lazy" });
      face.replaceWith(img);
    } else if (face) {
      face.className = "face face-s hue-" + p.hue;
      face.textContent = p.sign;
    }
    return li;
  };

  const tell = (n: number) => {
    if (!said) return;
    const words = n === 0 ? said.dataset["none"] : n === 1 ? said.dataset["one"] : said.dataset["other"];
    said.textContent = (words ?? "").replace("#", String(n));
  };

  // put shows these people in place of the list, or that there are none.
  const put = (people: Known[]) => {
    const now = document.getElementById("list");
    if (!now) return;
    const fresh = now.cloneNode(false) as HTMLElement;
    fresh.removeAttribute("data-live");
    if (people.length === 0) {
      const none = document.createElement("p");
      none.className = "invitation";
      none.textContent = said?.dataset["none"] ?? "";
      fresh.append(none);
    } else {
      const ul = document.createElement("ul");
      ul.className = "people";
      ul.append(...people.slice(0, most).map(draw));
      fresh.append(ul);
    }
    if (!whole && typedAtFirst === "") whole = now;
    now.replaceWith(fresh);
    tell(people.length);
  };

  const show = async () => {
    const list = document.getElementById("list");
    const query = field.value.trim();
    asked?.abort();
    const asking = (asked = new AbortController());
    only = false;
    if (!list) return;
    if (query === "" && typedAtFirst === "") {
      if (stale) location.reload();
      if (whole) list.replaceWith(whole);
      whole = undefined;
      if (said) said.textContent = "";
      return;
    }
    const everybody = await names(url);
    if (asking.signal.aborted) return; // more was typed meanwhile
    const hits = found(everybody, query);
    if (hits.length > 0) put(hits);
    only = hits.length === 1;
    if (hits.length >= most) return;
    await new Promise((done) => setTimeout(done, pause));
    if (asking.signal.aborted) return;
    const known = await fetch((form.dataset["known"] ?? "") + "?q=" + encodeURIComponent(query), { headers: { Accept: "application/json" }, signal: asking.signal })
      .then((r) => (r.ok ? (r.json() as Promise<Known[]>) : []))
      .catch((): Known[] => []); // without a network names alone are found
    if (asking.signal.aborted) return;
    const more = known.filter((k) => !hits.some((p) => p.id === k.id));
    if (hits.length === 0) {
      put(more);
      only = more.length === 1;
    } else if (more.length > 0) { // behind the others, which may have the focus by now
      document.querySelector("#list .people")?.append(...more.slice(0, Math.max(0, most - hits.length)).map(draw));
      tell(hits.length + more.length);
    }
  };
  field.addEventListener("focus", () => void names(url).catch(() => undefined), { once: true });
  field.addEventListener("input", () => void show().catch(() => undefined));
  field.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown") {
      e.preventDefault();
      document.querySelector<HTMLElement>("#list .people a")?.focus();
    }
    if (e.key === "Enter" && field.value.trim() !== "" && !e.isComposing) {
      const first = document.querySelector<HTMLAnchorElement>("#list .people a");
      if (only && first) {
        e.preventDefault();
        first.click();
      }
    }
  });
  document.addEventListener("keydown", (e) => {
    if ((e.key !== "ArrowDown" && e.key !== "ArrowUp") || !(e.target instanceof Element)) return;
    const li = e.target.closest("#list .people li");
    if (!li) return;
    e.preventDefault();
    const next = e.key === "ArrowDown" ? li.nextElementSibling : li.previousElementSibling;
    (next?.querySelector<HTMLElement>("a") ?? (e.key === "ArrowUp" ? field : null))?.focus();
  });
  if (document.activeElement === field && field.value.trim() !== typedAtFirst) void show().catch(() => undefined);
}

// Names offered where somebody is to be named.
for (const input of document.querySelectorAll<HTMLInputElement>("input[list][data-names]")) {
  input.addEventListener("focus", () => {
    names(input.dataset["names"] ?? "").then((list) => {
      input.list?.replaceChildren(...list.map((p) => {
        const o = document.createElement("option");
        o.value = p.name;
        return o;
      }));
    }).catch(() => undefined);
  }, { once: true });
}

// A form that came back open is where the eye should be.
document.querySelector<HTMLElement>("details[open] [aria-invalid=true]")?.focus();

