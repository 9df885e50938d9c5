// What a signed-in page does beside its own work: says that a newer version of the site is there, without reloading by
// itself; says that messages wait in a room; and keeps what is being typed in long forms (drafts.js).

const here = document.getElementById("stay-js");
const { version, sheet, newer, reload, waits, open } = here.dataset;
const { who } = document.getElementById("live-js")?.dataset ?? {};

// ---- a quiet word at the bottom of the page -------------------------------------------------------------------------

function word(id, text, act) {
  if (document.getElementById(id)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = sheet;
  document.head.append(link);
  const box = document.createElement("div");
  box.id = id;
  box.className = "note info quiet-word";
  box.setAttribute("role", "status");
  document.body.append(box);
  const line = document.createElement("p");
  line.textContent = text;
  link.addEventListener("load", () => box.append(line, act), { once: true }); // a live region speaks when its content comes
}

function control(tag, label) {
  const made = document.createElement(tag);
  made.className = "btn quiet small";
  made.textContent = label;
  return made;
}

// ---- a newer version ---------------------------------------------------------------------------------------------------

function say() {
  const again = control("button", reload);
  again.type = "button";
  again.addEventListener("click", () => location.reload());
  word("newer", newer, again);
}

document.addEventListener("app:newer", say);

// The worker's file names the version too (tutoring/lessons/offline/views.py): browsers look at it now and then.
async function watch() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) return;
  registration.addEventListener("updatefound", () => registration.active && say());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {});
  });
}
watch().catch(() => {});

// ---- messages that wait for a network, on every page but their own room -------------------------------------------------

async function unsent() {
  if (!who || !(await indexedDB.databases?.())?.some(({ name }) => name === "cunghoc-rooms")) return;
  const [room] = (await (await import("rooms/outbox.js")).rooms(who)).keys();
  if (!room || location.pathname === `/rooms/${room}`) return;
  const link = control("a", open);
  link.href = `/rooms/${room}`;
  word("unsent", waits, link);
}
if (!document.querySelector("main.room")) unsent().catch(() => {});

// ---- the key / (search.js), where there may be a keyboard -----------------------------------------------------------------

const search = () => import("app/search.js").catch(() => ({}));
if (matchMedia("(any-pointer: fine)").matches || document.querySelector("[data-search-key], [data-arrive]")) search();
else document.addEventListener("keydown", async (event) => (await search()).pressed?.(event), { once: true });

// ---- what is being typed ------------------------------------------------------------------------------------------------

const kept = Object.keys(sessionStorage).some((key) => /^(draft|sent):/.test(key)); // of a page before this one
if (kept || document.querySelector("form[method=post]:not(#compose, #picture) textarea"))
  import("app/drafts.js").then(({ watch }) => watch(who)).catch(() => {});

// ---- on the home screen there is always a page to show without a network -------------------------------------------------

if (matchMedia("(display-mode: standalone)").matches && version) import("app/emergency-card.js");
// ---- in a room too, whom to call: once the room has long had the line to itself -----------------------------------------
else if (document.querySelector("main.room:not([data-history])") && !navigator.connection?.saveData)
  setTimeout(() => import("app/emergency-card.js"), 20_000);
