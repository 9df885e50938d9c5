// Live parts of a page. The server says over the socket that something changed; the elements marked with
// data-live="what …" are asked for again, alone (tutoring/web/page_fragments.py), and put in their new form. Without a socket the
// page asks by itself every ten seconds. One socket serves the whole page; static/rooms/connection.js speaks through it too.

const here = document.getElementById("live-js");
const csrf = document.querySelector("meta[name=csrf]")?.content;
const EVERY = 10_000;
let opening;

// ---- the socket ------------------------------------------------------------------------------------------

// With whom this page wants to be on one server, where there are several (docs/deploy.md): who is in the same room,
// or else the other pages of this person. It is a wish and no right; everything works without.
const room = document.querySelector("main.room")?.dataset.room;
const near = room ? `room-${room}` : `user-${here?.dataset.who}`;

// The page's one socket; it reconnects by itself until the server says that nobody is signed in any more.
export function socket() {
  opening ??= import("vendor/socket.io.esm.min.js").then(({ io }) => {
    const made = io({
      transports: ["websocket"],
      query: { near },
      auth: (give) => give({ csrf }),
      reconnectionDelay: 200,
      reconnectionDelayMax: 3000,
      randomizationFactor: 0.5,
    });
    const later = (ms) => setTimeout(() => made.connected || made.connect(), ms * (1 + Math.random()));
    made.on("connect_error", (error) => {
      if (made.active) return; // a broken network: the client tries again by itself
      if (error.message === "signed_out") signedOut();
      else later(1000 * (error.data?.retry_after ?? 5));
    });
    let spare = false; // enough newer pages of this sign-in have a line: this one asks until somebody looks at it
    made.on("spare", () => (spare = true));
    made.on("disconnect", (why) => {
      if (why === "io server disconnect" && !spare) later(500); // cut: the next answer tells whether we may come back
    });
    document.addEventListener("visibilitychange", () => {
      if (spare && document.visibilityState === "visible") later(0);
    });
    made.on("connect", () => (spare = false));
    return made;
  });
  return opening;
}

function signedOut() {
  document.dispatchEvent(new CustomEvent("live:signed-out"));
  location.reload(); // leads to the sign-in page and back here
}

// ---- parts of the page -----------------------------------------------------------------------------------

const FIELDS = "input:not([type=hidden], [type=range]), textarea, select"; // a slider places a sound: nothing is typed
const typed = (field) =>
  field.matches("select")
    ? [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex > 0
    : field.value !== field.defaultValue || field.checked !== field.defaultChecked;

// Somebody is typing here, or has typed something that is not sent yet.
export const busy = (part) =>
  (part.contains(document.activeElement) && document.activeElement.matches(FIELDS)) ||
  [...part.querySelectorAll(FIELDS)].some(typed);

// Put elements (by their ids) in the form that a fresh copy of this page gives them, but for those that
// `keep(old, fresh)` leaves as they are: by default those in which somebody is typing. A fresh part with
// data-now comes all the same. Of what has a data-state it is said which, so that it comes only in another one.
export async function refresh(ids, keep = busy) {
  const state = (id) => document.getElementById(id)?.dataset.state;
  const parts = ids.map((id) => (state(id) === undefined ? id : `${id}=${state(id)}`)).join(" ");
  const response = await fetch(location.href, { headers: { Accept: "text/html", "X-Parts": parts } });
  if (response.redirected && new URL(response.url).pathname !== location.pathname) {
    location.assign(response.url);
    return;
  }
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  released(response.headers.get("X-Release") ?? page.getElementById("stay-js")?.dataset.version);
  for (const id of ids) {
    const old = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (old && fresh && old.outerHTML !== fresh.outerHTML && ("now" in fresh.dataset || !keep(old, fresh)))
      place(old, fresh);
  }
}

// The server speaks of a newer version than this page's: static/app/page-status.js says so, quietly.
function released(version) {
  const mine = document.getElementById("stay-js")?.dataset.version;
  if (version && mine && version !== mine) document.dispatchEvent(new CustomEvent("app:newer"));
}

const byId = (within, id) => (within.id === id ? within : within.querySelector(`[id="${CSS.escape(id)}"]`));

// The same part to unfold in the fresh copy: by its id, or by which one it is of those in the nearest element that has one.
function again(details, fresh) {
  if (details.id) return byId(fresh, details.id);
  const home = details.parentElement.closest("[id]");
  const its = [...home.querySelectorAll("details")];
  const theirs = [...(byId(fresh, home.id)?.querySelectorAll("details") ?? [])];
  return theirs.length === its.length ? theirs[its.indexOf(details)] : undefined;
}

function place(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const same =
    focused &&
    (focused.id
      ? `[id="${CSS.escape(focused.id)}"]`
      : focused.getAttribute("href") && `a[href="${CSS.escape(focused.getAttribute("href"))}"]`);
  const folded = focused?.matches("summary") ? again(focused.parentElement, fresh) : undefined;
  if (old.matches("details[open]")) fresh.setAttribute("open", "");
  for (const open of old.querySelectorAll("details[open]")) again(open, fresh)?.setAttribute("open", "");
  old.replaceWith(document.adoptNode(fresh));
  document.dispatchEvent(new CustomEvent("live:placed"));
  if (!focused) return;
  const target =
    folded?.querySelector("summary") ||
    (same && fresh.querySelector(same)) ||
    fresh.querySelector("a, button") ||
    fresh;
  if (target === fresh) fresh.tabIndex = -1;
  target.focus({ preventScroll: true });
}

const wanted = new Set();
let timer;

function soon(parts) {
  for (const part of parts) wanted.add(part.id);
  if (!wanted.size || timer) return;
  // A little chance keeps all pages of a class from asking in the same moment.
  timer = setTimeout(
    async () => {
      timer = undefined;
      const ids = [...wanted];
      wanted.clear();
      await refresh(ids).catch(() => {});
    },
    100 + Math.random() * 200,
  );
}

const live = () => [...document.querySelectorAll("[data-live][id]")];

async function start() {
  const made = await socket();
  // What was said while the line was down is not said again; nor what was while this page was still on its way.
  made.on("connect", () => soon(live()));
  // A page that nobody looks at is another kind of presence than one in front of somebody.
  const look = () => made.connected && made.emit("here", { visible: document.visibilityState === "visible" });
  made.on("connect", look);
  document.addEventListener("visibilitychange", look);
  made.on("changed", ({ what }) => soon(live().filter((part) => part.dataset.live.split(" ").includes(what))));
  setInterval(() => {
    if (!made.connected && document.visibilityState === "visible") soon(live());
  }, EVERY);
  // Where minutes stand on the page, they go on.
  setInterval(() => {
    if (document.visibilityState === "visible") soon(live().filter((part) => "minutely" in part.dataset));
  }, 60_000);
}

if (csrf && live().length) start();

// ---- what this device kept of lessons and rehearsals (device-progress.js, runs.js): into the account -----------------

const { who, unsent } = here?.dataset ?? {};
const KINDS = {
  lessons: () => import("lessons/offline/sync.js"),
  practice: () => import("practice/offline/sync.js"),
};
const kept = (kind, name) => localStorage.getItem(`${kind}:${name}`);

// Whether nothing of this person's is left on the device.
async function keep() {
  let left = false;
  for (const [kind, load] of Object.entries(KINDS)) {
    if (kept(kind, "") || kept(kind, who)) left = !(await (await load()).merge(who, csrf)) || left;
  }
  return !left;
}

try {
  localStorage.setItem("lessons.who", who);
  keep();
} catch {} // the browser keeps nothing for this site

// ---- leaving: nothing of this person's stays on the device but lessons that were saved -----------------------------

async function empty() {
  const outbox = await import("rooms/outbox.js");
  const waits = (await outbox.rooms(who)).size;
  if ((!(await keep()) || waits) && !confirm(unsent)) return false;
  for (const kind of Object.keys(KINDS)) localStorage.removeItem(`${kind}:${who}`);
  await outbox.clear(who);
  sessionStorage.clear(); // what was being typed: static/app/drafts.js
  return true;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.getAttribute("action") !== "/sign-out" || !localStorage.getItem("lessons.who")) return;
  event.preventDefault();
  try {
    if (!(await empty())) return;
  } catch {
    return form.submit(); // a browser without import maps has nothing to empty
  }
  const body = new URLSearchParams(new FormData(form));
  const done = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  localStorage.removeItem("lessons.who"); // other tabs hear of it, and ask anew: only now the sign-in is over
  if (done?.type === "opaqueredirect") location.assign("/");
  else form.submit();
});

// Somebody else is here now, or nobody: a page that was left open, or that the browser shows again, is not for them.
const gone = () => {
  try {
    return here && localStorage.getItem("lessons.who") !== who;
  } catch {
    return false;
  }
};
const leave = () => {
  sessionStorage.clear();
  location.reload();
};
addEventListener("storage", ({ key }) => (key === "lessons.who" || key === null) && gone() && leave());
addEventListener("pageshow", ({ persisted }) => persisted && gone() && leave());
