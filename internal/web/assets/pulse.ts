// The pad of a pulse: it moves with its two sliders, and they with it. The sliders are what is sent.

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-pulse]")) {
  const pad = form.querySelector<HTMLElement>("[data-pad]");
  const valence = form.querySelector<HTMLInputElement>("[name=valence]");
  const energy = form.querySelector<HTMLInputElement>("[name=energy]");
  const now = form.querySelector<HTMLElement>("[data-pad-now]");
  if (!pad || !valence || !energy || !now) continue;

  const clamp = (n: number) => Math.min(100, Math.max(0, Math.round(n)));
  const said = (slider: HTMLInputElement) => {
    const words = (slider.dataset["levels"] ?? "").split("|");
    return `${words[Math.min(4, Math.floor(slider.valueAsNumber / 20))]}, ${slider.value}`;
  };
  const quadrant = () =>
    valence.valueAsNumber >= 50 ? (energy.valueAsNumber >= 50 ? "bright" : "calm") : energy.valueAsNumber >= 50 ? "tense" : "heavy";

  // opened is the group of words that belongs to where the mote lies; it opens once the mote has been moved.
  let opened = "";
  const show = (moved: boolean) => {
    for (const slider of [valence, energy]) slider.setAttribute("aria-valuetext", said(slider));
    for (const circle of pad.querySelectorAll("circle")) {
      circle.setAttribute("cx", valence.value);
      circle.setAttribute("cy", String(100 - energy.valueAsNumber));
    }
    now.textContent = `${said(valence)}; ${said(energy)}`;
    pad.dataset["quadrant"] = quadrant();
    if (!moved || opened === quadrant()) return;
    opened = quadrant();
    for (const group of form.querySelectorAll<HTMLDetailsElement>("details[data-quadrant]")) {
      group.open = group.dataset["quadrant"] === opened || group.querySelector(":checked") !== null;
    }
  };
  const place = (v: number, e: number) => {
    valence.value = String(clamp(v));
    energy.value = String(clamp(e));
    show(true);
  };

  const point = (e: PointerEvent) => {
    const box = pad.getBoundingClientRect();
    place(((e.clientX - box.left) / box.width) * 100, 100 - ((e.clientY - box.top) / box.height) * 100);
  };
  pad.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    pad.setPointerCapture(e.pointerId);
    pad.focus({ preventScroll: true });
    point(e);
  });
  pad.addEventListener("pointermove", (e) => {
    if (pad.hasPointerCapture(e.pointerId)) point(e);
  });
  pad.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const step = e.shiftKey ? 10 : 2;
    const [v, n] = [valence.valueAsNumber, energy.valueAsNumber];
    switch (e.key) {
      case "ArrowLeft": place(v - step, n); break;
      case "ArrowRight": place(v + step, n); break;
      case "ArrowUp": place(v, n + step); break;
      case "ArrowDown": place(v, n - step); break;
      case "Home": place(0, n); break;
      case "End": place(100, n); break;
      case "PageUp": place(v, n + 10); break;
      case "PageDown": place(v, n - 10); break;
      default: return;
    }
    e.preventDefault();
  });
  for (const slider of [valence, energy]) slider.addEventListener("input", () => show(true));
  show(false);
  addEventListener("pageshow", () => show(false));
}

// Other sliders: what is moved is answered, and its value is said in words where it has some.
for (const slider of document.querySelectorAll<HTMLInputElement>("input[type=range]")) {
  const answered = document.querySelector<HTMLInputElement>(`input[type=checkbox][name="${slider.name}_set"]`);
  slider.addEventListener("input", () => {
    if (answered) answered.checked = true;
    const words = slider.dataset["levels"]?.split("|");
    if (words) slider.setAttribute("aria-valuetext", `${words[Math.min(4, Math.floor(slider.valueAsNumber / 20))]}, ${slider.value}`);
    const shown = document.querySelector(`output[for="${slider.id}"]`);
    if (shown) shown.textContent = slider.value;
  });
}

export {};
