// Says how far a file has arrived. Without this the browser sends the form by itself and shows its own progress.

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-import]")) {
  const said = form.querySelector<HTMLElement>("[data-reading]");
  const button = form.querySelector<HTMLButtonElement>("button");
  if (!said || !button) continue;

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    said.replaceChildren(said.dataset["reading"] ?? "", bar);
    bar.setAttribute("aria-label", said.dataset["reading"] ?? "");
    button.disabled = true;
    const sending = new XMLHttpRequest();
    sending.upload.addEventListener("progress", (p) => {
      if (!p.lengthComputable) return;
      if (p.loaded < p.total) bar.value = p.loaded / p.total;
      else bar.removeAttribute("value"); // all of it is there, and is being read
    });
    sending.addEventListener("load", () => {
      // The answer is the page of the file; a refusal is shown by sending the form the plain way.
      if (sending.status < 400 && new URL(sending.responseURL).pathname !== "/import") location.assign(sending.responseURL);
      else form.submit();
    });
    sending.addEventListener("error", () => form.submit());
    sending.open("POST", form.action);
    sending.send(new FormData(form));
  });

  // Back from the next page: the form is as new.
  addEventListener("pageshow", () => {
    button.disabled = false;
    said.replaceChildren();
  });
}
