// A rehearsal beside the talk of a room: the learner goes on in its place, the others see where they are, and who helps
// points at a control. Without this script the same forms lead to the same page.

import { busy, socket as open } from "app/live-regions.js";

const { pointed, failed, at } = document.getElementById("practice-js").dataset;
const csrf = document.querySelector("meta[name=csrf]").content;
const room = document.querySelector("main.room").dataset.room;
const say = document.getElementById("say");
const EVERY = 12000;
let line;
let sayTimer;

const part = () => document.getElementById("rehearsal");

function tell(text) {
  say.textContent = text;
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => (say.textContent = ""), 10000);
}

async function page(url, options = {}) {
  const response = await fetch(url, { ...options, headers: { Accept: "text/html", ...options.headers } });
  return {
    ok: response.ok,
    status: response.status,
    page: new DOMParser().parseFromString(await response.text(), "text/html"),
  };
}

// ---- what is shown -----------------------------------------------------------------------------------------

// The part as a fresh page gives it, unless it shows the same; somebody who is typing in it is left alone. A page without
// this part comes anew once something goes on there, with what was being typed in the talk.
async function renew(typing = false) {
  const old = part();
  const run = new URLSearchParams(location.search).get("run") ?? old?.dataset.run ?? "";
  const fresh = (await page(`${at}?run=${encodeURIComponent(run)}`)).page.getElementById("rehearsal");
  if (!fresh) return;
  if (!old) {
    if (!("going" in fresh.dataset)) return;
    sessionStorage.draft = document.getElementById("text")?.value ?? "";
    return location.assign("?show=practice");
  }
  if (part() && fresh.dataset.sign !== part().dataset.sign && (typing || !busy(part()))) place(part(), fresh);
}

function place(old, fresh) {
  const screen = (from) => from.querySelector("[data-screen]")?.dataset.screen;
  const moved = screen(old) !== screen(fresh);
  const focused = old.contains(document.activeElement);
  const key = focused && (document.activeElement.value || document.activeElement.id);
  const card = old.querySelector("[data-persona]")?.open;
  old.replaceWith(document.adoptNode(fresh));
  if (card && fresh.querySelector("[data-persona]")) fresh.querySelector("[data-persona]").open = true;
  if (focused) {
    const same = !moved && key && fresh.querySelector(`[value="${CSS.escape(key)}"], [id="${CSS.escape(key)}"]`);
    const target = same || fresh.querySelector("[data-screen]") || fresh.querySelector("a, button");
    target?.focus({ preventScroll: true });
  }
  if (moved && screen(fresh)) document.getElementById("screen")?.scrollIntoView({ block: "start" });
}

// Somebody points at a control of one's own screen: it is ringed where it stands, so that what is typed stays.
function ring({ run, control, name }) {
  const own = part()?.querySelector(`form[action$="/runs/${CSS.escape(run)}"]`);
  if (!own) return;
  const [seen, steps] = part().dataset.sign.split(":");
  part().dataset.sign = `${seen}:${steps}:${control}:False:False`;
  part().querySelector("[data-pointed]")?.removeAttribute("data-pointed");
  document.getElementById("pointing").textContent = "";
  document.getElementById("unpoint")?.toggleAttribute("hidden", !control);
  if (!control) return;
  const there = part().querySelector(`[data-control="${CSS.escape(control.replace(/^field:/, ""))}"]`);
  if (!there) return renew();
  const words = pointed.replace("{name}", name);
  there.dataset.pointed = words;
  const what = there.querySelector("legend, label, button, h3")?.textContent.trim() ?? "";
  document.getElementById("pointing").textContent = `${words}: ${what}`;
  there.scrollIntoView({
    block: "center",
    behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
  });
}

// ---- what is done ------------------------------------------------------------------------------------------

const json = (form, button) =>
  fetch(button?.getAttribute("formaction") ?? form.action, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrf },
    body: new URLSearchParams(new FormData(form, button)),
  }).then((response) => response.json());

// Pointing goes over the line when there is one; everything else, and without a line that too, as the form does.
function act(form, button) {
  const { run, at, control } = Object.fromEntries(new FormData(form, button));
  if (!run || !line?.connected) return json(form, button);
  const off = button?.getAttribute("formaction") ?? !form.elements.at;
  return off
    ? line.timeout(8000).emitWithAck("unpoint", { room, run })
    : line.timeout(8000).emitWithAck("point", { room, run, at: Number(at), control });
}

async function send(form, button) {
  const answer = await act(form, button);
  if (!answer.ok) tell(answer.say || failed);
  await renew(true);
}

// One step of one's own run. What is not taken comes back with the screen and is kept nowhere.
async function play(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  body.delete("to");
  const answer = await page(form.action, { method: "POST", body });
  const screen = answer.page.getElementById("screen");
  if (answer.status !== 422 || !screen) return renew(true);
  const old = document.getElementById("screen");
  old.replaceWith(document.adoptNode(screen));
  const run = form.action.split("/").at(-1);
  part().dataset.sign = `${run}:${screen.querySelector("[name=at]").value}::False:False`;
  ring({ run, control: "", name: "" });
  (screen.querySelector(".errors") ?? screen).focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#rehearsal form");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.going) return;
  form.dataset.going = "1";
  const button = event.submitter;
  (form.matches("[data-rehearse]") ? send(form, button) : play(form, button))
    .catch(() => tell(failed))
    .finally(() => delete form.dataset.going);
});

// ---- what is heard -----------------------------------------------------------------------------------------

const SHUT = ["locked", "unlocked", "closed", "muted", "unmuted", "step"];
let timer;

function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => renew().catch(() => {}), 100 + Math.random() * 100);
}

line = await open();
line.on("run_moved", (told) => told.room === room && soon());
line.on("pointed", (told) => told.room === room && ring(told));
line.on("changed", (told) => told.room === room && part() && SHUT.includes(told.what) && soon());
line.on("connect", () => part() && soon());
setInterval(() => {
  if (!line.connected && document.visibilityState === "visible" && part()) soon();
}, EVERY);
