// Sends the rehearsals that came to their end on this device to the account of who is signed in. Only what the server
// has answered for is deleted here; without a network everything stays for the next time.

import { change, read } from "practice/offline/runs.js";

const AT_ONCE = 20;
const BYTES = 60_000; // of one request

function some(key) {
  const runs = [];
  let size = 0;
  for (const { id, scenario, digest, mode, events, begun, at } of read(key)
    .filter((one) => one.done)
    .slice(0, AT_ONCE)) {
    const run = { id, scenario, digest, mode, events, begun, at };
    size += new Blob([JSON.stringify(run)]).size;
    if (runs.length && size > BYTES) break;
    runs.push(run);
  }
  return runs;
}

async function send(key, csrf) {
  const said = [];
  for (let runs = some(key); runs.length; runs = some(key)) {
    const response = await fetch("/practice/merge", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ runs }),
    });
    if (!response.ok) break;
    const { say } = await response.json();
    const sent = new Set(runs.map(({ id }) => id));
    change((kept) => kept.filter((one) => !sent.has(one.id)), key);
    said.push(...say);
  }
  return said;
}

function show(text) {
  const box = document.createElement("div");
  box.className = "wrap flashes"; // before the columns of a page, which have no place for it
  box.setAttribute("role", "status");
  (document.querySelector(".shell") ?? document.querySelector("main"))?.before(box);
  const line = document.createElement("div");
  line.className = "note ok";
  line.textContent = text;
  requestAnimationFrame(() => box.append(line)); // a live region speaks when its content comes after it
}

// What somebody began here before they signed in goes on as theirs.
function adopt(key) {
  const begun = read("practice:").filter((one) => !one.done);
  const same = (one) => (other) => other.scenario === one.scenario && other.mode === one.mode && !other.done;
  change((runs) => [...runs, ...begun.filter((one) => !runs.some(same(one)))], key);
  change((runs) => runs.filter((one) => one.done), "practice:");
}

// Whether nothing of this person's is left on the device.
export async function merge(who, csrf) {
  const mine = `practice:${who}`;
  adopt(mine);
  try {
    for (const key of ["practice:", mine]) for (const text of await send(key, csrf)) show(text);
  } catch {}
  return !read(mine).length;
}
