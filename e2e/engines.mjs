// Firefox and WebKit by the same few WebDriver commands: WebKit's driver speaks them over HTTP, Firefox over a socket of its own
// (Marionette), which is all that geckodriver does.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { existsSync, readdirSync } from "node:fs";

const after = (ms) => new Promise((r) => setTimeout(r, ms));

const freePort = () =>
  new Promise((resolve) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });

// soon asks until it is answered with something.
export async function soon(what, f, ms = 20_000) {
  let last;
  for (const end = Date.now() + ms; Date.now() < end; await after(50)) {
    try {
      const v = await f();
      if (v) return v;
      last = undefined;
    } catch (e) {
      last = e;
    }
  }
  throw new Error(`${what}: not within ${ms} ms${last ? `: ${last.message}` : ""}`, { cause: last });
}

function start(program, args, env = {}) {
  const child = spawn(program, args, { stdio: "ignore", env: { ...process.env, ...env } });
  child.on("error", () => undefined); // that it never answers says so
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null || !child.pid) return;
    const ended = new Promise((r) => child.once("exit", r));
    child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(hard);
  };
}

async function firefox(t) {
  const profile = await mkdtemp(join(tmpdir(), "kith-firefox-"));
  const port = await freePort();
  const prefs = { "marionette.port": port, "ui.prefersReducedMotion": 1, "datareporting.policy.dataSubmissionEnabled": false, "app.update.enabled": false, "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false };
  await writeFile(join(profile, "user.js"), Object.entries(prefs).map(([k, v]) => `user_pref(${JSON.stringify(k)}, ${JSON.stringify(v)});\n`).join(""));
  const stop = start(process.env.KITH_FIREFOX ?? "firefox-esr", ["--headless", "--marionette", "--no-remote", "--profile", profile, "about:blank"], { HOME: profile });
  t.after(async () => {
    await stop();
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
  const socket = await soon("Firefox listens", () => new Promise((ok, no) => {
    const s = connect(port, "127.0.0.1").once("connect", () => ok(s)).once("error", no);
  }), 30_000);
  t.after(() => socket.destroy());
  const waiting = new Map();
  let got = Buffer.alloc(0);
  socket.on("error", () => undefined).on("data", (b) => {
    got = Buffer.concat([got, b]);
    for (let i; (i = got.indexOf(":")) > 0; ) {
      const size = Number(got.subarray(0, i));
      if (got.length < i + 1 + size) return;
      const [, id, err, value] = [JSON.parse(got.subarray(i + 1, i + 1 + size))].flat();
      got = got.subarray(i + 1 + size);
      const w = waiting.get(id);
      waiting.delete(id);
      if (err) w?.no(new Error(`${err.error}: ${err.message}`));
      else w?.ok(value && "value" in value ? value.value : value);
    }
  });
  let last = 0;
  const ask = (name, args = {}) =>
    new Promise((ok, no) => {
      const words = Buffer.from(JSON.stringify([0, ++last, "WebDriver:" + name, args]));
      waiting.set(last, { ok, no });
      socket.write(`${words.length}:${words}`);
    });
  await ask("NewSession", { pageLoadStrategy: "normal" });
  return {
    go: (url) => ask("Navigate", { url }),
    run: (script, args) => ask("ExecuteAsyncScript", { script, args }),
    forget: () => ask("DeleteAllCookies"),
    tab: async () => (await ask("NewWindow", { type: "tab" })).handle,
    turn: (handle) => ask("SwitchToWindow", { handle }),
    tabs: () => ask("GetWindowHandles"),
    shut: () => ask("CloseWindow"),
  };
}

async function webkit(t) {
  const home = await mkdtemp(join(tmpdir(), "kith-webkit-"));
  t.after(() => rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  const display = ":" + (100 + (process.pid % 800));
  t.after(start("Xvfb", [display, "-screen", "0", "800x900x24", "-nolisten", "tcp"]));
  await soon("Xvfb", () => existsSync("/tmp/.X11-unix/X" + display.slice(1)));
  const port = await freePort();
  const stop = start("WebKitWebDriver", ["--port=" + port], { DISPLAY: display, HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home, GDK_BACKEND: "x11", WEBKIT_DISABLE_DMABUF_RENDERER: "1", LIBGL_ALWAYS_SOFTWARE: "1", WEBKIT_DISABLE_COMPOSITING_MODE: "1", GTK_ENABLE_ANIMATIONS: "0", WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", NO_AT_BRIDGE: "1" });
  t.after(stop);
  const ask = async (method, path, body) => {
    const r = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: method === "POST" ? JSON.stringify(body ?? {}) : undefined });
    const { value } = await r.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  await soon("WebKitWebDriver", () => ask("GET", "/status"));
  const lib = "/usr/lib/";
  const binary = readdirSync(lib).flatMap((d) => ["4.1", "4.0", "6.0"].map((v) => `${lib}${d}/webkit2gtk-${v}/MiniBrowser`)).find((p) => existsSync(p));
  const { sessionId } = await ask("POST", "/session", { capabilities: { alwaysMatch: { browserName: "MiniBrowser", "webkitgtk:browserOptions": { binary, args: ["--automation"] } } } });
  const s = "/session/" + sessionId;
  t.after(() => ask("DELETE", s).catch(() => undefined));
  return {
    go: (url) => ask("POST", s + "/url", { url }),
    run: (script, args) => ask("POST", s + "/execute/async", { script, args }),
    forget: () => ask("DELETE", s + "/cookie"),
    tab: async () => (await ask("POST", s + "/window/new", { type: "tab" })).handle,
    turn: (handle) => ask("POST", s + "/window", { handle }),
    tabs: () => ask("GET", s + "/window/handles"),
    shut: () => ask("DELETE", s + "/window"),
  };
}

// look gives what a function says that is run in the page.
export async function engine(t, name) {
  const b = await { firefox, webkit }[name](t);
  const look = async (f, ...args) => {
    const [err, v] = await b.run(`const done = arguments[arguments.length - 1]; Promise.resolve().then(() => (${f})(...[].slice.call(arguments, 0, -1))).then((v) => done(["", v === undefined ? null : v]), (e) => done([String(e), null]));`, args);
    if (err) throw new Error(err);
    return v;
  };
  return { ...b, look };
}
