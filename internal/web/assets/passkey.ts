// Passkeys: the browser is asked for one, and its answer is sent with the form it belongs to. Where the browser cannot, or
// where the address is another than passkeys hang on, the page says so instead.

type Descriptor = { type: "public-key"; id: string; transports?: AuthenticatorTransport[] };
type Options = { challenge: string; user?: { id: string }; allowCredentials?: Descriptor[]; excludeCredentials?: Descriptor[] };

const bytes = (text: string) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (b: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(b))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list: Descriptor[] | undefined) => list?.map((d) => ({ ...d, id: bytes(d.id) }));

const able = "PublicKeyCredential" in window && "credentials" in navigator;
const forms = document.querySelectorAll<HTMLFormElement>("form[data-passkey]");
const renew = 9 * 60_000; // ms after which a question is asked anew, before the server forgets it
let waiting: AbortController | undefined; // the offer among what the browser fills in

class Refused extends Error {}

async function options(form: HTMLFormElement): Promise<Options> {
  const r = await fetch(form.dataset["ask"] ?? "", { method: "POST", headers: { Accept: "application/json" } });
  if (r.status === 401) location.reload(); // the session ended meanwhile
  const body = (await r.json()) as Options & { why?: string };
  if (!r.ok) throw new Refused(body.why);
  return body;
}

async function answer(form: HTMLFormElement, how: CredentialRequestOptions = {}): Promise<string> {
  const o = await options(form);
  const challenge = bytes(o.challenge);
  const made =
    form.dataset["passkey"] === "create"
      ? await navigator.credentials.create({
          publicKey: { ...o, challenge, user: { ...o.user, id: bytes(o.user?.id ?? "") }, excludeCredentials: named(o.excludeCredentials) } as unknown as PublicKeyCredentialCreationOptions,
        })
      : await navigator.credentials.get({ ...how, publicKey: { ...o, challenge, allowCredentials: named(o.allowCredentials) } as unknown as PublicKeyCredentialRequestOptions });
  const key = made as PublicKeyCredential;
  const response: Record<string, unknown> = { clientDataJSON: text(key.response.clientDataJSON) };
  if (key.response instanceof AuthenticatorAttestationResponse) {
    response["attestationObject"] = text(key.response.attestationObject);
    response["transports"] = key.response.getTransports();
  } else {
    const said = key.response as AuthenticatorAssertionResponse;
    response["authenticatorData"] = text(said.authenticatorData);
    response["signature"] = text(said.signature);
    if (said.userHandle) response["userHandle"] = text(said.userHandle);
  }
  return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response });
}

function send(form: HTMLFormElement, said: string): void {
  const field = form.querySelector<HTMLInputElement>("[name=answer]");
  if (field) field.value = said;
  form.submit();
}

function wrong(form: HTMLFormElement, e: unknown): void {
  const line = form.querySelector<HTMLElement>("[data-wrong]");
  if (!line) return;
  const name = e instanceof DOMException ? e.name : "";
  line.textContent =
    e instanceof Refused ? e.message : name === "InvalidStateError" ? (line.dataset["known"] ?? "") : name === "NotAllowedError" || name === "AbortError" ? (line.dataset["cancelled"] ?? "") : (line.dataset["failed"] ?? "");
  line.hidden = false;
}

// offer lists the passkeys of this device where the e-mail is typed.
async function offer(form: HTMLFormElement): Promise<void> {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting?.abort();
  const mine = (waiting = new AbortController());
  const timer = setTimeout(() => void offer(form).catch(() => undefined), renew);
  try {
    send(form, await answer(form, { mediation: "conditional", signal: mine.signal }));
  } catch {
    clearTimeout(timer); // nobody chose one, or the button was pressed, which says what is wrong
  }
}

for (const form of forms) {
  const beside = (what: string) => form.parentElement?.querySelector<HTMLElement>(`[data-${what}]`);
  const here = location.origin === form.dataset["origin"];
  form.hidden = !able || !here;
  const words = here ? beside("unable") : beside("elsewhere");
  if (words) words.hidden = !form.hidden;
  if (form.hidden) continue;
  const button = form.querySelector("button");
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    waiting?.abort();
    waiting = undefined;
    if (button) button.disabled = true;
    answer(form)
      .then((said) => send(form, said))
      .catch((why: unknown) => {
        wrong(form, why);
        if (button) button.disabled = false;
      });
  });
  if (form.dataset["auto"] !== undefined) void offer(form).catch(() => undefined);
}

// A page that comes back from the browser's memory can be used again.
addEventListener("pageshow", (e) => e.persisted && forms.length > 0 && location.reload());
