// Makes a step quicker where scripts run: answers are said in place, and the place in the lesson is noted.
// Listens on the whole document, so it also serves steps that another page fetches later.

const csrf = document.querySelector('meta[name="csrf"]')?.content;
const own = document.getElementById("device-js"); // only on a lesson's own pages
const device = own && (await import("lessons/offline/device-progress.js"));
const main = document.querySelector("main");
const steps = [...document.querySelectorAll("aside [data-step]")];

const broken = (error) => error instanceof TypeError || error.name === "TimeoutError"; // no network, or far too slow
const within = () => AbortSignal.timeout?.(8000);

// ---- where somebody is: in the account, or on the device ----
const { here } = main.dataset;
const reached = (finished) => device.reach(device.place, steps, finished);
if (here && csrf)
  fetch(here, { method: "POST", headers: { "X-CSRFToken": csrf }, keepalive: true }).catch(() => reached());
else if (device) reached();

document.addEventListener("click", ({ target }) => target.closest("[data-finish]") && reached(true));

async function onward(form) {
  const { next, last } = form.dataset;
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      redirect: "manual",
      signal: within(),
    });
    if (response.type !== "opaqueredirect") return form.submit();
  } catch (error) {
    if (!broken(error)) throw error;
    reached(last === "1");
  }
  location.assign(next);
}

// ---- hints and tries: how many were used goes with the answer; when nothing helped, a person does ----
const failed = new Map();

document.addEventListener(
  "toggle",
  ({ target: hint }) => {
    if (!hint.open || !hint.matches?.(".hint-box") || hint.dataset.seen) return;
    hint.dataset.seen = "1";
    const box = hint.closest("[data-checkpoint]");
    const count = box.querySelector('input[name="hints"]');
    if (count) count.value++;
    offer(box);
  },
  true,
);

function offer(box) {
  const stuck = document.querySelector(".stuck[data-offer]");
  const hinted = !box.querySelector(".hint-box:not([data-seen])");
  if (!stuck || stuck.matches(".now") || (!hinted && (failed.get(box.id) ?? 0) < 4)) return;
  stuck.classList.add("now");
  stuck.setAttribute("role", "status");
  box.after(stuck);
  requestAnimationFrame(() => (stuck.querySelector("b").textContent = stuck.dataset.offer));
}

// ---- answers: fetch the same page and put its question in the place of this one ----
function request(form) {
  const data = new URLSearchParams(new FormData(form));
  if (form.method === "post") return [form.action, { method: "POST", body: data }];
  const address = new URL(form.action);
  if (form.target === "_blank") data.set("part", "step"); // a step within another page
  address.search = data.toString();
  return [address, {}];
}

async function fetched(form, box) {
  const [address, how] = request(form);
  const response = await fetch(address, { ...how, signal: within() });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector(`[data-checkpoint="${CSS.escape(box.dataset.checkpoint)}"]`);
  if (!response.ok || !fresh) throw new Error(response.status);
  const before = [...box.querySelectorAll(".hint-box")];
  fresh.querySelectorAll(".hint-box").forEach((hint, at) => {
    hint.open = before[at].open;
    if (before[at].dataset.seen) hint.dataset.seen = "1";
  });
  box.replaceWith(fresh);
  return fresh;
}

async function answer(form, box) {
  const data = new FormData(form);
  const chosen = data.getAll(box.dataset.checkpoint);
  let fresh = box;
  let offline = false;
  try {
    fresh = await fetched(form, box);
  } catch (error) {
    if (!device || !broken(error)) throw error;
    offline = true;
    await (await import("lessons/offline/checkpoint-grading.js")).say(box, device.place, chosen, main.dataset.offline);
  }
  const said = fresh.querySelector("[role=status]");
  if (!said) return;
  if (device && (offline || !csrf) && !said.matches(".warn")) keep(fresh, data, chosen, said);
  const text = [...said.childNodes]; // a live region speaks when its content comes after it
  said.replaceChildren();
  requestAnimationFrame(() => said.append(...text));
  fresh.querySelector("button").focus({ preventScroll: true });
  if (said.matches(".bad")) failed.set(box.id, (failed.get(box.id) ?? 0) + 1);
  offer(fresh);
  said.scrollIntoView({ block: "nearest" });
}

function keep(box, data, chosen, said) {
  const typed = box.querySelector("input:not([type])"); // typed words stay where they are
  if (typed && said.matches(".info")) return; // nobody knows yet whether they were right
  device.answered({
    ...device.place,
    id: data.get("attempt") ?? device.uuid(),
    checkpoint: box.dataset.checkpoint,
    answer: typed ? [] : chosen.filter(Boolean),
    correct: said.matches(".ok"),
    hints: box.querySelectorAll("[data-seen]").length,
  });
  const next = box.querySelector('input[name="attempt"]');
  if (next) next.value = device.uuid();
}

// ---- "was this useful?": said at once, or when there is a network again ----
let opinion;

function useful(form, button) {
  opinion ??= device.uuid();
  device.say(form.action, {
    id: opinion,
    useful: button.name === "reason" ? "no" : button.value,
    reason: button.name === "reason" ? button.value : "",
  });
  const [asked, why, thanks] = form.children;
  const next = button.value === "no" ? why : thanks;
  asked.hidden = why.hidden = true;
  next.hidden = false;
  next.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const box = form.closest("[data-checkpoint]");
  const once =
    "useful" in form.dataset
      ? () => useful(form, event.submitter)
      : form.dataset.next
        ? () => onward(form)
        : box && (() => answer(form, box));
  if (!once) return;
  event.preventDefault();
  Promise.resolve(once()).catch(() => form.submit());
});

// ---- reading aloud: only with a voice of this language that is on the device itself ----
const voices = () =>
  (globalThis.speechSynthesis?.getVoices() ?? []).filter(
    (one) => one.localService && one.lang.toLowerCase().startsWith(main.dataset.lang),
  );
const reader = document.querySelector("[data-read]");
const silent = reader?.nextElementSibling; // says that there is no voice

async function read() {
  if (!reader.hidden || !voices().length) return;
  silent.hidden = true;
  const { start } = await import("lessons/catalogue/read-aloud.js");
  start(reader, voices);
}

if (device && reader) {
  globalThis.speechSynthesis?.addEventListener?.("voiceschanged", read);
  read();
  // Browsers load their voices late: only then is it true that there is none.
  setTimeout(() => (silent.hidden = !reader.hidden), 2000);
}
