// Serves lessons and practice runs saved on this device (static/lessons/offline/saved-items.js): at once, unless the
// network is as quick. What the network then brings replaces the copy, unless the user has begun with it
// (static/app/refresh-cached-page.js).
// It saves nothing by itself, and never touches what is sent. What is not saved gives the page that says so, with the
// numbers to call in danger: from the lessons' cache, or from the one that static/app/emergency-card.js keeps.
//
// "lesson:<slug>:<mark>" holds the pages of one lesson as a visitor sees them; it counts once its keep.json, which is
// saved last, is there. "practice:<slug>:<mark>" holds the one page of a rehearsal. "lessons" holds what all of them
// share: scripts, fonts, the page for what is not saved.

const AT_ONCE = 150; // ms that the network has to be there first
const LATEST = 60_000; // that its page is waited for behind a copy
const GIVEN = 3000; // that it is then held for the page that asked
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
  if (rehearsal)
    return [`practice:${rehearsal}:`, `/practice/${rehearsal}/keep.json`, `/practice/${rehearsal}/offline`];
  return [];
}

async function copy(address) {
  const [start, whole, saved] = wanted(address);
  for (const name of start ? await caches.keys() : []) {
    if (name.startsWith(start) && (await held(whole, name))) return held(saved, name);
  }
}

// ---- the saved copy at once, the page of the network behind it ------------------------------------------------

// Pages that are on their way behind a copy, by their addresses. They may be somebody's own, so they are held in memory
// alone, for a moment, and given out once: to the page that has just asked for it (static/app/refresh-cached-page.js).
const coming = new Map();
const ready = new Map();

async function whole(live) {
  const answer = await live;
  if (answer.type !== "basic" || !answer.ok) return null;
  const headers = new Headers(answer.headers);
  for (const gone of ["Content-Encoding", "Content-Length"]) headers.delete(gone);
  return { text: await answer.text(), headers };
}

function follow(address, live) {
  const body = whole(live).catch(() => null);
  coming.set(address, body);
  setTimeout(() => coming.get(address) === body && coming.delete(address), LATEST);
}

async function page(request) {
  const taken = ready.get(request.url);
  ready.delete(request.url);
  if (taken && Date.now() < taken.until) return new Response(taken.text, { headers: taken.headers });
  const saved = await copy(new URL(request.url));
  const live = fetch(request);
  if (!saved) return live.catch(async (error) => (await held("/lessons/offline")) ?? Promise.reject(error));
  const late = new Promise((done) => setTimeout(done, AT_ONCE));
  const first = await Promise.race([live.catch(() => saved), late]);
  if (first) return first.status < 500 ? first : saved;
  follow(request.url, live);
  return saved;
}

addEventListener("message", (event) => {
  const { fresh } = event.data ?? {};
  if (!fresh) return;
  const answer = async () => {
    const found = await coming.get(fresh);
    coming.delete(fresh);
    if (!found) return;
    ready.set(fresh, { ...found, until: Date.now() + GIVEN });
    event.source.postMessage({ fresh, mark: found.text.match(/data-mark="(\w+)"/)?.[1] });
  };
  event.waitUntil(answer());
});

const file = async (request) => (await held(request)) ?? fetch(request);

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (search.startsWith("?v=") && /^\/(static|lessons\/[a-z0-9-]+\/media)\//.test(pathname))
    event.respondWith(file(request));
});

// ---- pushes: one sentence, where it leads, the tag of what it replaces, and the name of a site that has its own
// (tutoring/notifications/channels/push/channel.py) ----------

addEventListener("push", (event) => {
  const { say, path, tag, name } = event.data?.json() ?? {};
  event.waitUntil(
    registration.showNotification(name ?? "Cùng Học", { body: say, tag, data: path, icon: "/static/icon-180.png" }),
  );
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data ?? "/notices", location.origin);
  const address = target.origin === location.origin ? target.href : location.origin;
  event.waitUntil(
    clients.matchAll({ type: "window" }).then(async (open) => {
      const there = open.find((one) => one.url === address);
      return there ? there.focus() : clients.openWindow(address);
    }),
  );
});
