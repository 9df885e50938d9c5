// What was written and has not arrived, kept on this device until the server has it or it is given up: tabs are closed
// and phones die. Each message is a record of its own, so two tabs of one room never undo one another.

const DAY = 24 * 60 * 60 * 1000;
const OLD = 60 * 60 * 1000; // whoever wrote it may not mean it any more: it is shown as unsent, not sent by itself
const STORE = "unsent";
let opening;

function store() {
  opening ??= new Promise((done, failed) => {
    const asked = indexedDB.open("cunghoc-rooms", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "client_id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = asked.onblocked = () => failed(asked.error);
  });
  return opening;
}

async function inStore(mode, act) {
  const database = await store();
  return new Promise((done, failed) => {
    const change = database.transaction(STORE, mode);
    const asked = act(change.objectStore(STORE));
    change.oncomplete = () => done(asked?.result);
    change.onerror = change.onabort = () => failed(change.error);
  });
}

// A full or forbidden store: what waits then lives as long as the page.
const quietly = (promise) => promise.catch(() => undefined);

// What this person has not got rid of in this room, oldest first; `old` is what is no longer sent by itself.
export async function waiting(me, room) {
  const all = (await quietly(inStore("readonly", (records) => records.getAll()))) ?? [];
  const now = Date.now();
  for (const one of all) if (now - one.at > 14 * DAY) drop(one.client_id);
  return all
    .filter((one) => one.me === me && one.room === room && now - one.at <= 14 * DAY)
    .sort((one, other) => one.at - other.at)
    .map(({ client_id, text, reply, voice, at }) => ({ client_id, text, reply, voice, old: now - at > OLD }));
}

export const keep = (me, room, { client_id, text, reply, voice }) =>
  quietly(inStore("readwrite", (records) => records.put({ client_id, me, room, text, reply, voice, at: Date.now() })));

export const drop = (clientId) => quietly(inStore("readwrite", (records) => records.delete(clientId)));

// ---- outside a room: what waits is said, and at sign-out it is counted and goes -----------------------------------

const live = ({ at }) => Date.now() - at <= 14 * DAY;

// The rooms in which this person has something unsent, each with how many.
export async function rooms(me) {
  const all = (await quietly(inStore("readonly", (records) => records.getAll()))) ?? [];
  const found = new Map();
  for (const one of all) if (one.me === me && live(one)) found.set(one.room, (found.get(one.room) ?? 0) + 1);
  return found;
}

export async function clear(me) {
  const all = (await quietly(inStore("readonly", (records) => records.getAll()))) ?? [];
  for (const one of all) if (one.me === me) await drop(one.client_id);
}
