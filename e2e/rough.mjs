// A bad network: a proxy in front of Kith that loses requests and answers, cuts answers in half, delays them, and delivers
// the same request twice, at once or late. What it does follows from a seed.
import { createServer, request } from "node:http";

// dice gives numbers in [0, 1) that follow from a seed (mulberry32).
export function dice(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// patiently does what a person would do again.
export async function patiently(what, f) {
  for (let tries = 1; ; tries++) {
    try {
      return await f();
    } catch (e) {
      if (tries === 40) throw new Error(`${what}: ${e.message}`, { cause: e });
      await after(100);
    }
  }
}

// rough starts the proxy. It does no harm until its rough is set; fates counts what it did. While its gone is set nothing comes
// through, and while its only names a fate that is what every line meets.
export async function rough(t, target, seed) {
  const roll = dice(seed);
  const { hostname, port } = new URL(target);
  const fates = {};
  const state = { rough: false, fates };
  const pass = (req, body) =>
    new Promise((resolve, reject) => {
      const on = request({ hostname, port, method: req.method, path: req.url, headers: req.headers, agent: false }, resolve);
      on.on("error", reject);
      on.end(body);
    });
  const whole = async (answer) => {
    const parts = [];
    for await (const part of answer) parts.push(part);
    return Buffer.concat(parts);
  };
  const writing = ["lost", "unheard", "half", "twice", "late", "slow", "fine", "fine"];
  const reading = ["lost", "slow", "fine", "fine", "fine", "fine"];
  const server = createServer(async (req, res) => {
    try {
      const body = await whole(req);
      const list = req.method === "POST" && req.url.startsWith("/capture") ? writing : reading;
      if (state.gone) return res.destroy();
      const fate = list === writing && state.only ? state.only : state.rough && req.url !== "/live" ? list[Math.floor(roll() * list.length)] : "fine";
      if (list === writing && state.rough) fates[fate] = (fates[fate] ?? 0) + 1;
      if (fate === "lost") return res.destroy();
      if (fate === "slow") await after(50 + roll() * 500);
      if (fate === "twice") pass(req, body).then((a) => a.resume(), () => undefined);
      if (fate === "late") after(200 + roll() * 1500).then(() => pass(req, body)).then((a) => a.resume(), () => undefined);
      const answer = await pass(req, body);
      if (fate !== "unheard" && fate !== "half") {
        res.writeHead(answer.statusCode, answer.headers);
        return void answer.on("error", () => res.destroy()).pipe(res);
      }
      const text = await whole(answer);
      if (fate === "half" && text.length > 1) {
        res.writeHead(answer.statusCode, answer.headers);
        await new Promise((sent) => res.write(text.subarray(0, text.length / 2), sent));
      }
      res.destroy();
    } catch {
      res.destroy(); // the server is not there at the moment
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(state, { url: `http://localhost:${server.address().port}` });
}
