// What this device itself remembers of lessons: how far somebody is, and what waits to be sent to the account.
// Without a sign-in it stands under "lessons:", for somebody who has signed in here under "lessons:" and their id.
// static/lessons/offline/sync.js takes it into the account. Also the size of the text, which is the device's own matter.

const root = document.documentElement;
const main = document.querySelector("main");

function get(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // the browser keeps nothing for this site
  }
}

function set(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {}
}

export const saved = "saved" in root.dataset; // a copy from this device, not a page from the network

// ---- progress ----------------------------------------------------------------------------------------------

// A page that came from the network without a sign-in: nobody is signed in here any more. The one for what is not there
// says nothing of that: it comes from this device.
if (!saved && !document.querySelector('meta[name="csrf"], [data-offline]')) set("lessons.who");
const KEY = `lessons:${get("lessons.who") ?? ""}`;

export function read() {
  try {
    const held = JSON.parse(get(KEY));
    return { walked: held.walked ?? {}, answers: held.answers ?? [] };
  } catch {
    return { walked: {}, answers: [] };
  }
}

function change(how) {
  const held = read();
  how(held);
  set(KEY, JSON.stringify(held));
}

const now = () => Date.now() / 1000;

export const uuid = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16),
  );

// Adds the steps that a later version split from steps done (data-from, data-since of the entries `steps`). Somebody
// who was at a step not done goes on with its first part.
export function addSplit(one, steps) {
  let at = one.done.includes(one.step) ? "" : one.step;
  for (const { dataset } of steps) {
    const split = one.version < dataset.since;
    if (split && one.done.includes(dataset.from)) one.done.push(dataset.step);
    if (split && dataset.from === at) one.step = dataset.step;
    if ([dataset.step, dataset.from].includes(at)) at = "";
  }
}

// Somebody is at a step. Going forward counts the step that was left as done.
export function reach({ lesson, version, step }, steps, finished = false) {
  const order = steps.map((one) => one.dataset.step);
  change(({ walked }) => {
    walked[lesson] ??= { lesson, version, step, done: [], finished: false };
    const one = walked[lesson];
    addSplit(one, steps);
    const left = order.indexOf(one.step);
    if (left >= 0 && left < order.indexOf(step)) one.done.push(one.step);
    if (finished) one.done.push(step);
    one.done = [...new Set(one.done)];
    if (finished || !one.finished) one.version = version;
    one.finished ||= finished;
    one.step = step;
    one.at = now();
  });
}

// What somebody answered; the oldest give way when far too many wait.
export function answered(one) {
  change(
    (held) =>
      (held.answers = [...held.answers.filter((other) => other.id !== one.id), { ...one, at: now() }].slice(-300)),
  );
}

// Ticks of "dạy lại cho con".
export function taught({ lesson, version, step }, lines) {
  change(({ walked }) => {
    walked[lesson] ??= { lesson, version, step, done: [], finished: false };
    Object.assign(walked[lesson], { taught: lines, at: now() });
  });
}

// ---- what was said of steps, held until there is a network ---------------------------------------------------

const SAID = "lessons.useful";

function send([address, body]) {
  return fetch(address, {
    method: "POST",
    body: new URLSearchParams(body),
    headers: { Accept: "application/json" },
    credentials: "omit",
  });
}

export async function say(address, body) {
  try {
    await send([address, body]);
  } catch {
    set(SAID, JSON.stringify([...waiting(), [address, body]].slice(-50)));
  }
}

function waiting() {
  try {
    return JSON.parse(get(SAID)) ?? [];
  } catch {
    return [];
  }
}

(async () => {
  for (const one of waiting()) {
    await send(one);
    set(SAID, JSON.stringify(waiting().slice(1)));
  }
})().catch(() => {}); // still no network: they stay

// ---- larger text -------------------------------------------------------------------------------------------

const SIZES = ["", "1", "2"];
const size = () => Math.max(0, SIZES.indexOf(get("text") ?? ""));

function show() {
  root.dataset.text = SIZES[size()];
  for (const row of document.querySelectorAll("[data-text-size]")) {
    row.hidden = false;
    const [less, more] = row.querySelectorAll("button");
    less.disabled = size() === 0;
    more.disabled = size() === SIZES.length - 1;
  }
}

document.addEventListener("click", ({ target }) => {
  const by = Number(target.closest("[data-text-size] button")?.value);
  if (!by) return;
  set("text", SIZES[size() + by]);
  show();
});
show();

export const place = main?.dataset.lesson && {
  lesson: main.dataset.lesson,
  version: Number(main.dataset.version),
  step: main.dataset.step,
};
