// The page's side of the service worker: it is asked for after the page is there, and told whose pages it may keep.

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown } };
    launchQueue?: { setConsumer(f: (launch: { targetURL?: string }) => void): void };
  }
}

const address = "/sw.js";

export function worker(): void {
  const owner = document.getElementById("pocket")?.dataset["owner"] ?? "";
  if (!("serviceWorker" in navigator) || !owner || document.body.dataset["from"]) return;
  const tell = async () => {
    const url = window.trustedTypes?.createPolicy("sw", { createScriptURL: () => address }).createScriptURL(address) ?? address;
    await navigator.serviceWorker.register(url as string);
    (await navigator.serviceWorker.ready).active?.postMessage({ owner });
  };
  const soon = () => void tell().catch(() => undefined);
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon);
}

// A shortcut or the icon of an installed Kith that is open already: nothing that is being written is lost.
window.launchQueue?.setConsumer(({ targetURL }) => {
  if (!targetURL) return;
  const to = new URL(targetURL);
  const box = document.querySelector<HTMLInputElement>(".capture [name=text]");
  if (to.pathname === "/" && location.pathname === "/" && box) box.focus();
  else if (to.href !== location.href) location.assign(to);
});
