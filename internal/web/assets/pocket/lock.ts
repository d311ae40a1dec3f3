// A private page on a device that locks them closes after a time of rest. It is asked for anew, and the server asks who is
// there; words that were typed and not kept stay, under a cover, until it is open again.

export function closing(): void {
  const rest = Number(document.body.dataset["lock"] ?? 0) * 1000;
  const main = document.getElementById("main");
  const cover = document.querySelector<HTMLElement>("[data-cover]");
  if (!rest || !main || !cover) return;
  const typed = () =>
    [...main.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("form input, form textarea")].some((f) => f.value !== f.defaultValue || (f instanceof HTMLInputElement && f.checked !== f.defaultChecked));
  const covered = (on: boolean) => {
    main.inert = on;
    main.classList.toggle("covered", on);
    cover.hidden = !on;
  };
  let last = Date.now();
  const close = () => {
    if (!cover.hidden) return;
    if (typed()) covered(true);
    else location.replace(location.pathname + location.search); // with a place on the page it would only go there
  };
  const look = () => {
    const left = last + rest + 1000 - Date.now();
    if (left > 0) setTimeout(look, left);
    else close();
  };
  for (const what of ["pointerdown", "keydown", "input", "scroll"]) {
    addEventListener(what, () => Date.now() - last < rest && (last = Date.now()), { passive: true, capture: true });
  }
  // A sleeping device runs no timer: what it shows on waking is looked at at once.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (!cover.hidden) {
      void fetch(location.href, { redirect: "manual" })
        .then((r) => {
          if (!r.ok || r.headers.get("Kith-Lock") === "closed") return;
          last = Date.now();
          covered(false);
          look();
        })
        .catch(() => undefined);
    } else if (Date.now() - last >= rest) close();
  });
  look();
}
