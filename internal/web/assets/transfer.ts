// Says how far an archive is on its way out or in, and lets it be stopped. Without this the browser waits by itself.

import { uuid7 } from "./pocket/id";
import { replace } from "./pocket/load";

const every = 300; // ms between two questions
const patience = 5000; // ms in which a short export is over before anybody saw it

// watch asks how far it is until nobody works on it any more.
function watch(wait: HTMLElement, id: string, over: (words: string) => void): { end: () => void; stop: HTMLButtonElement } {
  const said = wait.querySelector("p") as HTMLElement;
  const bar = wait.querySelector("progress") as HTMLProgressElement;
  const stop = wait.querySelector("button") as HTMLButtonElement;
  const began = Date.now();
  let seen = false;
  let stopped = false;
  let asking = true;
  const end = () => {
    clearInterval(timer);
    asking = false;
    bar.hidden = stop.hidden = true;
    said.textContent = "";
  };
  const timer = setInterval(async () => {
    const now = await fetch(`/transfers/${id}`).catch(() => undefined);
    if (!asking || !now) return;
    if (now.redirected || (now.status === 204 && (seen || Date.now() - began > patience))) end(); // how it ended nobody says
    if (!asking || now.status !== 200) return;
    const { said: words, part, over: ended } = (await now.json()) as { said: string; part: number; over: boolean };
    if (!asking) return;
    if (ended) {
      end();
      over(words);
    }
    if (ended || stopped) return;
    seen = true;
    bar.hidden = stop.hidden = false;
    said.textContent = words;
    if (part > 0) bar.value = part;
  }, every);
  stop.onclick = () => {
    stopped = true;
    bar.removeAttribute("value");
    said.textContent = wait.dataset["stopping"] ?? "";
    void fetch(`/transfers/${id}/stop`, { method: "POST" });
  };
  return { end, stop };
}

const out = document.querySelector<HTMLAnchorElement>("a[data-export]");
const leaving = document.querySelector<HTMLElement>("[data-leaving]");
out?.addEventListener("click", (e) => {
  if (!leaving || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  const id = uuid7();
  location.assign(`${out.pathname}?id=${id}`);
  watch(leaving, id, (words) => {
    const said = leaving.querySelector("p");
    if (said) said.textContent = words;
  });
});

const form = document.querySelector<HTMLFormElement>("form[data-archive]");
const coming = form?.querySelector<HTMLElement>("[data-reading]");
form?.addEventListener("submit", (e) => {
  if (!coming || !(e.submitter instanceof HTMLButtonElement)) return;
  e.preventDefault();
  const body = new FormData(form, e.submitter);
  const id = uuid7();
  const buttons = form.querySelectorAll<HTMLButtonElement>(".acts button");
  const waiting = (on: boolean) => buttons.forEach((b) => (b.disabled = on));
  const bar = coming.querySelector("progress") as HTMLProgressElement;
  const sending = new XMLHttpRequest();
  waiting(true);
  const { end } = watch(coming, id, () => undefined);
  sending.upload.addEventListener("progress", (p) => {
    if (!p.lengthComputable) return;
    bar.hidden = p.loaded === p.total;
    bar.value = p.loaded / p.total;
  });
  sending.responseType = "document";
  sending.addEventListener("load", () => {
    end();
    waiting(false);
    if (sending.responseXML?.getElementById("import-result")) replace("import-result", sending.responseXML);
    else form.submit(); // somebody must prove who they are, or sign in: the plain way shows it
  });
  sending.addEventListener("error", () => {
    end();
    form.submit();
  });
  sending.open("POST", `${form.action}?id=${id}`);
  sending.send(body);
});

addEventListener("pageshow", (e) => {
  if (e.persisted) form?.querySelectorAll<HTMLButtonElement>(".acts button").forEach((b) => (b.disabled = false));
});
