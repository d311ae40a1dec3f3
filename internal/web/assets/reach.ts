// The words on the buttons follow what is typed, and can be copied. Without a script a button does the first.

const form = document.querySelector<HTMLFormElement>("[data-reach]");
const words = form?.querySelector<HTMLTextAreaElement>("textarea");

if (form && words) {
  const put = () => {
    for (const a of document.querySelectorAll<HTMLAnchorElement>("a[data-base]")) {
      const base = a.dataset["base"];
      if (base) a.href = base + encodeURIComponent(words.value);
    }
  };
  words.addEventListener("input", put);
  form.querySelector("[data-plain]")?.setAttribute("hidden", "");
  const copy = form.querySelector<HTMLElement>("[data-copy]");
  const button = copy?.querySelector("button");
  if (copy && button && "clipboard" in navigator) {
    copy.hidden = false;
    button.addEventListener("click", () => {
      void navigator.clipboard.writeText(words.value).then(() => (button.textContent = button.dataset["copied"] ?? ""));
    });
  }
  for (const other of form.querySelectorAll<HTMLButtonElement>("[data-words]")) {
    other.addEventListener("click", (e) => {
      e.preventDefault();
      const before = words.value;
      words.value = other.value;
      other.value = before; // nothing typed is lost: it changes places
      other.textContent = before;
      put();
      words.focus();
    });
  }
}
