// Tones, vibration, voice and a screen that stays awake. All of it is made on the device, and each is a choice.

let audio: AudioContext | undefined;

function context(): AudioContext | undefined {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") void audio.resume();
  } catch {
    return undefined;
  }
  return audio;
}

// bell is a small bowl: a few partials that are not quite harmonic, each dying in its own time.
export function bell(loud: number): void {
  const a = context();
  if (!a) return;
  const now = a.currentTime;
  for (const [ratio, level, dies] of [[1, 1, 4.5], [2.02, 0.45, 3], [2.98, 0.22, 2], [5.2, 0.07, 1.1]] as const) {
    const o = a.createOscillator();
    const g = a.createGain();
    o.frequency.value = 312 * ratio;
    g.gain.setValueAtTime(0, now);
    g.gain.linearRampToValueAtTime(0.16 * loud * level, now + 0.012);
    g.gain.exponentialRampToValueAtTime(0.0001, now + dies);
    o.connect(g).connect(a.destination);
    o.start(now);
    o.stop(now + dies + 0.1);
  }
}

// tone goes up while breath comes in, and down while it leaves. What is held is silent.
export function tone(phase: string, seconds: number): void {
  const a = context();
  if (!a || phase === "hold" || phase === "rest") return;
  const now = a.currentTime;
  const [from, to] = phase === "out" ? [294, 196] : phase === "top" ? [262, 294] : [196, 262];
  const o = a.createOscillator();
  const g = a.createGain();
  o.frequency.setValueAtTime(from, now);
  o.frequency.linearRampToValueAtTime(to, now + seconds);
  g.gain.setValueAtTime(0, now);
  g.gain.linearRampToValueAtTime(0.07, now + seconds * 0.3);
  g.gain.linearRampToValueAtTime(0, now + seconds);
  o.connect(g).connect(a.destination);
  o.start(now);
  o.stop(now + seconds + 0.05);
}

export function buzz(phase: string): void {
  const pattern: Record<string, number[]> = { in: [60], top: [30], hold: [20, 60, 20], out: [40, 60, 40], rest: [20], end: [80, 120, 80, 120, 160] };
  if ("vibrate" in navigator) navigator.vibrate(pattern[phase] ?? []);
}

export function say(words: string, lang: string): void {
  if (!("speechSynthesis" in window)) return;
  const u = new SpeechSynthesisUtterance(words);
  u.lang = lang;
  u.rate = 0.85;
  u.volume = 0.8;
  speechSynthesis.cancel();
  speechSynthesis.speak(u);
}

export function hush(): void {
  if ("speechSynthesis" in window) speechSynthesis.cancel();
}

let lock: WakeLockSentinel | undefined;

// wake keeps the screen on, or lets it go. The browser lets go by itself when the page is hidden.
export function wake(on: boolean): void {
  if (!("wakeLock" in navigator)) return;
  if (!on) {
    void lock?.release().catch(() => undefined);
    lock = undefined;
    return;
  }
  void navigator.wakeLock
    .request("screen")
    .then((l) => (lock = l))
    .catch(() => undefined); // low on battery, or not allowed
}
