// The evening and the look back. Everything works without it.
import "./pulse";

// How one feels is kept once a slider was moved.
const set = document.querySelector<HTMLInputElement>("[data-pulse-set]");
for (const name of ["valence", "energy"]) {
  document.querySelector<HTMLInputElement>(`.evening [name=${name}]`)?.addEventListener("input", () => {
    if (set) set.checked = true;
  });
}

// The year is one stop of the tab key; arrows move within it, by days and by weeks as they lie on the page.
const year = document.querySelector<HTMLElement>("[data-year]");
if (year) {
  const days = [...year.querySelectorAll<HTMLAnchorElement>("a")];
  const enter = (at: number) => {
    for (const [i, a] of days.entries()) a.tabIndex = i === at ? 0 : -1;
  };
  const now = days.findIndex((a) => a.closest(".now"));
  enter(now >= 0 ? now : days.length - 1);
  year.addEventListener("keydown", (e) => {
    const at = days.indexOf(document.activeElement as HTMLAnchorElement);
    if (at < 0 || e.ctrlKey || e.metaKey || e.altKey) return;
    const upright = getComputedStyle(year.querySelector(".half") as Element).gridAutoFlow.startsWith("column");
    const [across, along] = upright ? [7, 1] : [1, 7];
    const rtl = document.documentElement.dir === "rtl" ? -1 : 1;
    const steps: Record<string, number> = {
      ArrowLeft: -across * rtl, ArrowRight: across * rtl, ArrowUp: -along, ArrowDown: along,
      Home: -at, End: days.length - 1 - at, PageUp: -28, PageDown: 28,
    };
    const step = steps[e.key];
    if (step === undefined) return;
    e.preventDefault();
    const to = Math.min(days.length - 1, Math.max(0, at + step));
    enter(to);
    days[to]?.focus();
  });
}
