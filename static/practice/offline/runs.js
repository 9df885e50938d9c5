// Runs of rehearsals that this device keeps: their events and nothing else, never anything that was typed. Without a
// sign-in they stand under "practice:", for somebody who has signed in here under "practice:" and their id.

const MOST = 60;
const root = document.documentElement;

// A page that came from the network without a sign-in: nobody is signed in here any more.
export const saved = "saved" in root.dataset;
if (!saved && !document.querySelector('meta[name="csrf"], [data-offline]')) drop("lessons.who");

function drop(key) {
  try {
    localStorage.removeItem(key);
  } catch {} // the browser keeps nothing for this site
}

export function who() {
  try {
    return localStorage.getItem("lessons.who") ?? "";
  } catch {
    return "";
  }
}

export function read(key = `practice:${who()}`) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? [];
  } catch {
    return [];
  }
}

// Change the runs as they are kept now: another tab may have gone on meanwhile. False where nothing can be kept.
export function change(how, key = `practice:${who()}`) {
  const runs = how(read(key)).slice(-MOST);
  try {
    if (runs.length) localStorage.setItem(key, JSON.stringify(runs));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}

export const put = (run) => change((runs) => [...runs.filter((one) => one.id !== run.id), run]);
export const forget = (run) => change((runs) => runs.filter((one) => one.id !== run.id));
export const now = () => Date.now() / 1000;
export const uuid = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16),
  );
