// Says how far a file is, and lets it be stopped. Without this the browser sends the form by itself and waits.

import { uuid7 } from "./pocket/id";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-import]")) {
  const wait = form.querySelector<HTMLElement>("[data-reading]");
  const said = wait?.querySelector("p");
  const bar = wait?.querySelector("progress");
  const stop = wait?.querySelector("button");
  if (!wait || !said || !bar || !stop) continue;
  const buttons = form.querySelectorAll<HTMLButtonElement>(".acts button");
  const waiting = (on: boolean, words = ""): void => {
    bar.hidden = stop.hidden = !on;
    for (const b of buttons) b.disabled = on;
    bar.value = 0;
    said.textContent = words;
  };

  form.addEventListener("submit", (e) => {
    if (e.submitter?.hasAttribute("formaction")) return;
    e.preventDefault();
    const body = new FormData(form);
    const known = form.dataset["import"];
    const id = known || uuid7();
    waiting(true, wait.dataset["reading"]);
    stop.focus();
    const sending = new XMLHttpRequest();
    let stopped = false;
    // Nobody works on it any more: what was not taken over by now never will be.
    const over = (): void => {
      end();
      if (known) return location.replace("?stopped"); // shows whether the word came in time
      waiting(false, wait.dataset["stopped"]);
      buttons[0]?.focus();
    };
    const asking = setInterval(async () => {
      const now = await fetch(`/import/${id}/progress`).catch(() => undefined);
      if (bar.hidden || !now) return;
      if (stopped && now.status === 204) return over();
      if (stopped || now.status !== 200) return;
      const { said: words, part } = (await now.json()) as { said: string; part: number };
      if (stopped || !words) return;
      said.textContent = words;
      if (part > 0) bar.value = part;
    }, 300);
    const end = (): void => clearInterval(asking);
    stop.onclick = () => {
      stopped = true;
      sending.abort();
      bar.removeAttribute("value");
      said.textContent = wait.dataset["stopping"] ?? "";
    };
    sending.upload.addEventListener("progress", (p) => {
      if (!p.lengthComputable) return;
      if (p.loaded < p.total) bar.value = p.loaded / p.total;
      else bar.removeAttribute("value"); // all of it is there, and is being read
    });
    sending.addEventListener("load", () => {
      end();
      // The answer is the next page; a refusal is shown by sending the form the plain way.
      if (sending.status < 400 && new URL(sending.responseURL).pathname !== location.pathname) location.assign(sending.responseURL);
      else if (known && sending.status < 400) location.reload();
      else form.submit();
    });
    sending.addEventListener("error", () => {
      end();
      form.submit();
    });
    sending.open("POST", known ? form.action : `${form.action}?id=${id}`);
    sending.send(known ? new URLSearchParams() : body);
  });

  // Back from the next page: the form is as new.
  addEventListener("pageshow", (e) => waiting(false, e.persisted ? "" : (said.textContent ?? "")));
}
