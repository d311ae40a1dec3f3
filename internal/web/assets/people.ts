// Finding somebody while their name is typed. The names are fetched once, as JSON, and again when something changed; a
// row is a copy of the page's own template with text put into it, so no text ever becomes markup.

import { found, names, type Known } from "./pocket/names";

const form = document.querySelector<HTMLFormElement>("#find");
const field = form?.querySelector<HTMLInputElement>("[name=q]");
const row = document.querySelector<HTMLTemplateElement>("#row");
const most = 60; // rows at once; who types one letter more sees the rest

if (form && field && row) {
  const url = form.dataset["names"] ?? "";
  const said = form.querySelector<HTMLElement>("[data-found]");
  let whole: HTMLElement | undefined; // the list as it was before anything was typed
  let stale = false; // something changed since
  addEventListener("kith:changed", () => (stale = whole !== undefined));
  const typedAtFirst = field.value.trim();

  const draw = (p: Known): Node => {
    const li = row.content.cloneNode(true) as DocumentFragment;
    const put = (selector: string, text: string) => {
      const e = li.querySelector(selector);
      if (e) e.textContent = text;
    };
    li.querySelector("a")?.setAttribute("href", "/people/" + encodeURIComponent(p.id));
    put(".person", p.name);
    put(".also", p.also ?? "");
    put(".last", p.last ?? "");
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

  const show = async () => {
    const list = document.getElementById("list");
    const query = field.value.trim();
    if (!list) return;
    if (query === "" && typedAtFirst === "") {
      if (stale) location.reload();
      if (whole) list.replaceWith(whole);
      whole = undefined;
      if (said) said.textContent = "";
      return;
    }
    const everybody = await names(url);
    if (field.value.trim() !== query) return; // more was typed meanwhile
    const hits = found(everybody, query);
    const now = document.getElementById("list");
    if (!now) return;
    const fresh = now.cloneNode(false) as HTMLElement;
    fresh.removeAttribute("data-live");
    if (hits.length === 0) {
      const none = document.createElement("p");
      none.className = "invitation";
      none.textContent = said?.dataset["none"] ?? "";
      fresh.append(none);
    } else {
      const ul = document.createElement("ul");
      ul.className = "people";
      ul.append(...hits.slice(0, most).map(draw));
      fresh.append(ul);
    }
    if (!whole && typedAtFirst === "") whole = now;
    now.replaceWith(fresh);
    if (said) {
      const words = hits.length === 0 ? said.dataset["none"] : hits.length === 1 ? said.dataset["one"] : said.dataset["other"];
      said.textContent = (words ?? "").replace("#", String(hits.length));
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
      const only = document.querySelectorAll<HTMLAnchorElement>("#list .people a");
      if (only.length === 1) {
        e.preventDefault();
        only[0]?.click();
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

