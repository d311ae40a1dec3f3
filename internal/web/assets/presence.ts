// Presence as it is drawn, heard and felt. Time is the wall clock's, so that a phone that slept is right when it wakes;
// motion is the compositor's (transform and opacity alone), so that it stays smooth whatever else the page does.
// Everything here is left out without harm: the words and the form are the server's.

import { bell, buzz, hush, say, tone, wake } from "./presence/senses";
import { uuid7 } from "./pocket/id";
import { flush, keep, type Waiting } from "./presence/out";

type Drawn = { phases?: [string, number][]; steps?: [number, string][]; words: Record<string, string>; seconds: number };

const root = document.querySelector<HTMLElement>("[data-presence]");
const lang = document.documentElement.lang;
const still = matchMedia("(prefers-reduced-motion: reduce)");

// What was chosen is remembered on this device alone.
const chosen = {
  get(name: string): boolean {
    try {
      return localStorage.getItem("kith.presence." + name) === "1";
    } catch {
      return false;
    }
  },
  set(name: string, on: boolean): void {
    try {
      localStorage.setItem("kith.presence." + name, on ? "1" : "0");
    } catch {
      // For this time, then.
    }
  },
};

function length(seconds: number): string {
  const unit = seconds < 90 && seconds % 60 !== 0 ? "second" : "minute";
  const n = unit === "second" ? seconds : Math.max(1, Math.round(seconds / 60));
  return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" }).format(n);
}

if (root) {
  const kind = root.dataset["presence"] ?? "";
  const part = <T extends HTMLElement>(name: string) => root.querySelector<T>(`[data-${name}]`);
  const over = part("over");
  const form = over instanceof HTMLFormElement ? over : over?.querySelector<HTMLFormElement>("form.over") ?? null;
  const left = part("left");
  const on = (name: string) => chosen.get(name) && !!root.querySelector(`[data-sense=${name}]`);

  for (const hidden of root.querySelectorAll<HTMLElement>("[data-script]")) hidden.hidden = false;
  for (const box of root.querySelectorAll<HTMLInputElement>("[data-sense]")) {
    const name = box.dataset["sense"] ?? "";
    const able = name === "vibration" ? "vibrate" in navigator : name === "voice" ? "speechSynthesis" in window : name === "awake" ? "wakeLock" in navigator : true;
    if (!able) {
      box.closest("label")?.remove();
      continue;
    }
    box.checked = chosen.get(name);
    box.addEventListener("change", () => {
      chosen.set(name, box.checked);
      if (name === "sound" && box.checked) bell(0.5);
      if (name === "vibration" && box.checked) buzz("in");
      if (name === "awake") wake(box.checked && running);
    });
  }

  let running = false;
  let endsAt = 0;
  let beganAt = 0;

  const showLeft = (seconds: number) => {
    if (!left) return;
    const words = seconds < 60 ? (left.dataset["little"] ?? drawn?.words["little"] ?? "") : (left.dataset["words"] ?? "").replace("…", length(Math.floor(seconds / 60) * 60));
    if (left.textContent !== words) left.textContent = words;
  };

  // finish shows what can be kept. at is when it ended, by the wall clock.
  const finish = (at: number, itself: boolean) => {
    if (!running) return;
    running = false;
    wake(false);
    hush();
    document.documentElement.classList.remove("under-way");
    document.documentElement.classList.add("passed");
    if (on("sound")) bell(1);
    if (on("vibration")) buzz("end");
    if (!form || !over) {
      location.reload(); // a guest: the server says that it is over
      return;
    }
    const now = part("now");
    if (now) now.hidden = true;
    over.hidden = false;
    const title = form.querySelector<HTMLElement>("[data-over-words]");
    const field = form.elements.namedItem("at");
    if (field instanceof HTMLInputElement) field.value = new Date(at).toISOString();
    if (title) {
      const words = (title.dataset["words"] ?? "").replace("…", length(Math.max(1, Math.round((at - beganAt) / 1000))));
      title.textContent = itself && kind === "people" ? (title.dataset["time"] ?? words) : words;
      title.focus();
    }
  };

  form?.addEventListener("submit", (e) => {
    const button = e.submitter instanceof HTMLButtonElement ? e.submitter : null;
    const body = new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, String(v)] as [string, string]));
    if (button) body.set(button.name, button.value);
    e.preventDefault();
    const item: Waiting = { owner: root.dataset["owner"] ?? "", url: new URL(form.action).pathname, body: body.toString() };
    const again = () => {
      if (button) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
      form.submit();
    };
    const later = form.querySelector<HTMLElement>("[data-later]");
    for (const b of form.querySelectorAll("button")) b.disabled = true;
    keep(item, {
      sent: (to) => location.assign(to),
      waits: () => later && (later.textContent = later.dataset["words"] ?? ""),
      refused: again,
    });
  });

  // The quiet page, of its owner or of a guest.
  const seconds = Number(root.dataset["seconds"] ?? 0);
  if (seconds > 0) {
    running = true;
    endsAt = Date.now() + seconds * 1000;
    beganAt = Date.now();
    const look = () => {
      if (!running) return;
      const rest = (endsAt - Date.now()) / 1000;
      showLeft(rest);
      if (rest <= 0) finish(endsAt, true);
    };
    setInterval(look, 1000);
    document.addEventListener("visibilitychange", look);
    if (on("awake")) wake(true);
    part<HTMLFormElement>("stop")?.addEventListener("submit", (e) => {
      e.preventDefault();
      const at = Date.now();
      const stop = e.target instanceof HTMLFormElement ? e.target : null;
      if (stop) void fetch(stop.action, { method: "POST", body: new URLSearchParams({ act: "end", at: new Date(at).toISOString() }), redirect: "manual", keepalive: true }).catch(() => undefined);
      finish(at, false);
    });
    const again = () => void refresh(kind === "guest" ? "here" : "guests").catch(() => undefined);
    if (kind === "people") {
      const source = new EventSource("/live");
      source.addEventListener("presence", again);
      source.addEventListener("resync", again);
    } else if (kind === "guest") {
      setInterval(again, 15000);
    }
  }

  // refresh reads this page anew and takes over one part of it; a page that is over is read whole.
  const refresh = (id: string) =>
    new Promise<void>((resolve, reject) => {
      const x = new XMLHttpRequest();
      x.open("GET", location.href);
      x.responseType = "document";
      x.onload = () => {
        const fresh = x.responseXML?.getElementById(id);
        if (!running) return resolve();
        if (!fresh) {
          if (x.status === 404 || x.status === 200) location.reload();
          return resolve();
        }
        document.getElementById(id)?.replaceWith(document.adoptNode(fresh));
        resolve();
      };
      x.onerror = () => reject(new Error("offline"));
      x.send();
    });

  // A breath, a paced text, a timer.
  const drawn: Drawn | null = root.dataset["drawn"] ? (JSON.parse(root.dataset["drawn"]) as Drawn) : null;
  if (drawn && form && over) {
    over.hidden = true;
    const phase = part("phase");
    const count = part("count");
    const motes = part("motes");
    const end = part<HTMLButtonElement>("end");
    const resting = root.querySelectorAll<SVGCircleElement>(".ring circle");
    const round = (drawn.phases ?? []).reduce((sum, [, s]) => sum + s, 0);
    const settle = drawn.phases ? 3 : 0;
    let animations: Animation[] = [];
    let said = "";
    let timer = 0;

    const motion = () => !!drawn.phases && !still.matches && !chosen.get("still");
    const speak = (words: string) => {
      if (phase) phase.textContent = words;
      if (on("voice")) say(words, lang);
    };

    // draw sets the ring going, as far along as the wall clock is.
    const draw = () => {
      for (const a of animations) a.cancel();
      animations = [];
      if (!motes || !drawn.phases || !motion()) return;
      if (motes.childElementCount === 0) {
        for (const c of resting) {
          const mote = document.createElement("i");
          mote.className = c.getAttribute("class") ?? "mote";
          motes.append(mote);
        }
      }
      const far = motes.clientWidth / 2;
      let at = 0;
      let open = 0;
      const levels: { offset: number; open: number; easing: string }[] = [{ offset: 0, open, easing: "" }];
      drawn.phases.forEach(([name, s], i) => {
        const before = levels[levels.length - 1];
        if (before) before.easing = name === "top" ? "cubic-bezier(0.2, 0.6, 0.4, 1)" : "cubic-bezier(0.4, 0, 0.5, 1)";
        at += s;
        if (name === "in") open = drawn.phases?.[i + 1]?.[0] === "top" ? 0.8 : 1;
        if (name === "top") open = 1;
        if (name === "out") open = 0;
        levels.push({ offset: Math.min(1, at / round), open, easing: "linear" });
      });
      const elapsed = Date.now() - beganAt - settle * 1000;
      const n = motes.childElementCount;
      [...motes.children].forEach((mote, i) => {
        const turn = (360 / n) * i;
        const wave = 1 + 0.05 * Math.cos((2 * Math.PI * 3 * i) / n);
        const keyframes = levels.map(({ offset, open, easing }) => ({
          offset,
          easing: easing || "linear",
          transform: `rotate(${turn + 16 * open}deg) translateY(${(-far * (0.3 + 0.6 * open) * wave).toFixed(2)}px) scale(${(0.62 + 0.5 * open).toFixed(3)})`,
          opacity: 0.5 + 0.5 * open,
        }));
        const a = mote.animate(keyframes, { duration: round * 1000, iterations: Infinity, fill: "backwards" });
        a.currentTime = elapsed;
        animations.push(a);
      });
    };

    // tick says what is due by the wall clock, and when to look again.
    const tick = () => {
      clearTimeout(timer);
      if (!running) return;
      const now = Date.now();
      if (now >= endsAt) return finish(endsAt, true);
      const t = (now - beganAt) / 1000 - settle;
      showLeft((endsAt - now) / 1000);
      let key = "";
      if (t < 0) {
        key = "settle";
        if (said !== key) speak(drawn.words[key] ?? "");
        if (count) count.textContent = String(Math.ceil(-t));
      } else if (drawn.phases) {
        let into = t % round;
        for (const [i, [name, s]] of drawn.phases.entries()) {
          if (into < s) {
            key = `${Math.floor(t / round)}.${i}`;
            if (said !== key) {
              speak(drawn.words[name] ?? "");
              if (on("sound")) tone(name, s);
              if (on("vibration")) buzz(name);
            }
            if (count) count.textContent = String(Math.ceil(s - into));
            break;
          }
          into -= s;
        }
      } else if (drawn.steps) {
        let until = 0;
        for (const [i, [s, words]] of drawn.steps.entries()) {
          until += s;
          if (t < until || i === drawn.steps.length - 1) {
            key = String(i);
            if (said !== key) {
              speak(words);
              if (on("sound")) bell(0.35);
              if (on("vibration")) buzz("in");
            }
            break;
          }
        }
      } else if (said === "") {
        key = "quiet";
        if (on("sound")) bell(0.6);
      } else key = said;
      said = key;
      if (!motion()) {
        const lit = ((now - beganAt) / (endsAt - beganAt)) * resting.length;
        resting.forEach((c, i) => c.classList.toggle("lit", i <= lit));
      }
      timer = setTimeout(tick, 1000 - (Math.max(0, now - beganAt) % 1000) + 4);
      if (drawn.phases && t >= 0) timer = soonest(t, timer);
    };
    // A phase may begin within a second: 4.5-0-6.5-0.
    const soonest = (t: number, planned: number) => {
      let edge = Math.floor(t / round) * round;
      for (const [, s] of drawn.phases ?? []) {
        edge += s;
        if (edge > t + 0.001) break;
      }
      const wait = (edge - t) * 1000;
      if (wait >= 1000) return planned;
      clearTimeout(planned);
      return setTimeout(tick, wait + 4);
    };

    const begin = () => {
      const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement | null;
      drawn.seconds = Number(field("seconds")?.value ?? drawn.seconds);
      beganAt = Date.now();
      endsAt = beganAt + (drawn.seconds + settle) * 1000;
      said = "";
      running = true;
      const planned = drawn.seconds + settle;
      const started = field("started_at");
      if (started) started.value = new Date(beganAt).toISOString();
      // A page that was kept on this device is begun more than once, each time as one of its own.
      root.dataset["id"] = uuid7();
      form.action = "/presence/" + root.dataset["id"] + "/end";
      // The plan that is told is the one that was lived, with the time to settle.
      const plan = document.createElement("input");
      Object.assign(plan, { type: "hidden", name: "seconds", value: String(planned) });
      field("seconds")?.removeAttribute("name");
      form.append(plan);
      document.documentElement.classList.add("under-way");
      document.documentElement.classList.toggle("moving", motion());
      if (end) {
        end.hidden = false;
        end.focus();
      }
      draw();
      tick();
      if (on("awake")) wake(true);
      const told = new URLSearchParams({ id: root.dataset["id"] ?? "", kind, pattern: root.dataset["pattern"] ?? "", seconds: String(planned), started_at: new Date(beganAt).toISOString() });
      void fetch("/presence", { method: "POST", body: told, redirect: "manual", keepalive: true }).catch(() => undefined);
    };

    part("begin")?.addEventListener("click", begin);
    end?.addEventListener("click", () => finish(Math.min(Date.now(), endsAt), false));
    addEventListener("keydown", (e) => {
      if (e.key === "Escape" && running) finish(Math.min(Date.now(), endsAt), false);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || !running) return;
      tick();
      if (running) draw();
      if (running && on("awake")) wake(true);
    });
    addEventListener("resize", () => running && draw());
    addEventListener("pageshow", (e) => e.persisted && location.reload());
  }
}

// What waits from before is sent now, and whenever the network is back.
const owner = root?.dataset["owner"] ?? document.querySelector<HTMLElement>("[data-presence-out]")?.dataset["owner"] ?? "";
if (owner) {
  void flush(owner);
  addEventListener("online", () => void flush(owner));
  setInterval(() => void flush(owner), 20000);
}
