// Serves lessons and rehearsals that were saved on this device (static/lessons/saved.js) when the network is gone or slow.
// It saves nothing by itself, and never touches what is sent. What is not saved gives the page that says so, with the
// numbers to call in danger: from the lessons' cache, or from the one that static/app/duty.js keeps.
//
// "lesson:<slug>:<mark>" holds the pages of one lesson as a visitor sees them; it counts once its keep.json, which is
// saved last, is there. "practice:<slug>:<mark>" holds the one page of a rehearsal. "lessons" holds what all of them
// share: scripts, fonts, the page for what is not saved.

const WAIT = 2000;
const LESSON = /^\/lessons\/([a-z0-9-]+)(\/(\d+|done|print))?$/;
const REHEARSAL = /^\/practice\/([a-z0-9-]+)(\/offline)?$/;

addEventListener("install", (event) => event.waitUntil(skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const held = (address, cacheName) => caches.match(address, { cacheName, ignoreVary: true });

// What of a copy answers for this address: [where its caches begin, its keep.json, the page].
function wanted({ pathname }) {
  const [, lesson] = pathname.match(LESSON) ?? [];
  const [, rehearsal] = pathname.match(REHEARSAL) ?? [];
  if (lesson) return [`lesson:${lesson}:`, `/lessons/${lesson}/keep.json`, pathname];
  if (rehearsal) return [`practice:${rehearsal}:`, `/practice/${rehearsal}/keep.json`, `/practice/${rehearsal}/offline`];
  return [];
}

async function copy(address) {
  const [start, whole, saved] = wanted(address);
  for (const name of start ? await caches.keys() : []) {
    if (name.startsWith(start) && (await held(whole, name))) return held(saved, name);
  }
}

async function page(request) {
  const saved = await copy(new URL(request.url));
  const live = fetch(request);
  if (!saved) return live.catch(async (error) => (await held("/lessons/offline")) ?? Promise.reject(error));
  const late = new Promise((done) => setTimeout(done, WAIT));
  const first = await Promise.race([live.catch(() => null), late]);
  return first && first.status < 500 ? first : saved;
}

const file = async (request) => (await held(request)) ?? fetch(request);

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (search.startsWith("?v=") && /^\/(static|lessons\/[a-z0-9-]+\/media)\//.test(pathname)) event.respondWith(file(request));
});
