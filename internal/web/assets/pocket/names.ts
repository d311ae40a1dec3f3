// Names while they are typed: everybody is fetched once, and found by the beginnings of their words. Without a network the
// service worker answers with the names it kept.

export interface Known {
  id: string;
  name: string;
  also?: string;
  find: string; // folded words by which they are found, a space before each
  last?: string;
  sign: string;
  hue: string;
  photo?: string;
}

let known: Promise<Known[]> | undefined;

// names fetches everybody; the answer is revalidated, so asking again costs nothing while nothing changed.
export function names(url: string): Promise<Known[]> {
  known ??= fetch(url, { headers: { Accept: "application/json" } }).then((r) => {
    if (!r.ok) throw new Error(String(r.status));
    return r.json() as Promise<Known[]>;
  });
  known.catch(() => (known = undefined));
  return known;
}
addEventListener("kith:changed", () => (known = undefined));
addEventListener("pageshow", (e) => {
  if (e.persisted) known = undefined;
});

// fold is what internal/fold does, as far as a browser needs it to find a beginning.
const base: Record<string, string> = {
  ł: "l", ø: "o", đ: "d", ð: "d", ħ: "h", ŧ: "t", ı: "i", æ: "ae", œ: "oe", ß: "ss", "’": "'", "‘": "'", "ʼ": "'",
};
function fold(s: string): string {
  return s.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, "").toLowerCase().replace(/[łøđðħŧıæœß’‘ʼ]/gu, (c) => base[c] ?? c)
    .replaceAll("ς", "σ").normalize("NFKC");
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u;

// found keeps who has, for each word typed, a word that begins with it; in scripts without spaces it may stand anywhere.
export function found(list: Known[], query: string): Known[] {
  const words = fold(query).split(/[\s\-.,_"()[\]/@]+/u).filter((w) => w !== "")
    .map((w) => (unspaced.test(w) ? w : " " + w));
  return list.filter((p) => words.every((w) => p.find.includes(w)));
}

const most = 6;
let lists = 0;

// mentions offers people while "@" and a beginning stand before the caret. The box is a combobox: arrows choose, Enter or
// Tab takes, Escape puts the list away.
export function mentions(form: HTMLFormElement, text: HTMLInputElement): void {
  const url = form.dataset["names"];
  if (!url) return;
  const list = document.createElement("ul");
  Object.assign(list, { id: "mentions-" + ++lists, className: "chips mentions", hidden: true, role: "listbox", ariaLabel: form.dataset["namesLabel"] ?? "" });
  text.closest(".capture-box")?.before(list);
  text.setAttribute("role", "combobox");
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", list.id);
  text.setAttribute("aria-expanded", "false");
  let at = -1;
  let begins = 0;

  const away = () => {
    list.hidden = true;
    at = -1;
    text.setAttribute("aria-expanded", "false");
    text.removeAttribute("aria-activedescendant");
  };
  const go = (to: number) => {
    const options = [...list.children];
    at = (to + options.length) % options.length;
    options.forEach((o, i) => o.setAttribute("aria-selected", String(i === at)));
    text.setAttribute("aria-activedescendant", options[at]?.id ?? "");
  };
  const take = (li: Element | undefined) => {
    const caret = text.selectionStart ?? text.value.length;
    const written = li?.getAttribute("data-as");
    if (!written) return;
    text.setRangeText(written + " ", begins, caret, "end");
    away();
    text.dispatchEvent(new InputEvent("input", { bubbles: true }));
    text.focus();
  };
  const look = async () => {
    const caret = text.selectionStart ?? 0;
    const typed = /(?:^|[\s(])[@＠]("?)([^@＠"]{1,60})$/u.exec(text.value.slice(0, caret));
    const query = typed?.[2] ?? "";
    if (!typed || (/\s/.test(query) && typed[1] === "")) return away();
    const everybody = await names(url);
    if (text.value.slice(0, text.selectionStart ?? 0).endsWith(query) === false) return;
    const hits = found(everybody, query).slice(0, most);
    if (hits.length === 0 || hits.some((p) => mention(everybody, p) === "@" + query)) return away();
    begins = caret - query.length - (typed[1] ?? "").length - 1;
    list.replaceChildren(...hits.map((p, i) => {
      const li = document.createElement("li");
      Object.assign(li, { id: list.id + "-" + i, className: "chip", role: "option", textContent: p.name, ariaSelected: "false" });
      li.dataset["as"] = mention(everybody, p);
      return li;
    }));
    list.hidden = false;
    at = -1;
    text.setAttribute("aria-expanded", "true");
    text.removeAttribute("aria-activedescendant");
  };
  text.addEventListener("input", () => void look().catch(away));
  text.addEventListener("blur", away);
  list.addEventListener("pointerdown", (e) => {
    e.preventDefault(); // the box keeps its focus
    if (e.target instanceof Element) take(e.target.closest("li") ?? undefined);
  });
  text.addEventListener("keydown", (e) => {
    if (list.hidden || e.isComposing) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") go(at < 0 && e.key === "ArrowUp" ? list.children.length - 1 : at + (e.key === "ArrowDown" ? 1 : -1));
    else if ((e.key === "Enter" || e.key === "Tab") && at >= 0) take(list.children[at]);
    else if (e.key === "Escape") away();
    else return;
    e.preventDefault();
  });
}

// mention is how a line names somebody: by a first name that is nobody else's, or by the whole of it.
function mention(everybody: Known[], p: Known): string {
  const first = p.name.split(" ")[0] ?? "";
  const whole = /^[\p{L}\p{M}]+$/u;
  if (whole.test(p.name)) return "@" + p.name;
  if (whole.test(first) && found(everybody, first).length === 1) return "@" + first;
  return '@"' + p.name.replaceAll('"', "") + '"';
}

// tokens are what a line says of itself, where nobody can be asked what it means.
export function tokens(line: string): Node[] {
  return [...line.matchAll(/(?:^|\s)([@#/][\p{L}\p{N}][^\s]*|@"[^"]+")/gu)].map((m) => {
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.textContent = (m[1] ?? "").replaceAll('"', "");
    return chip;
  });
}
