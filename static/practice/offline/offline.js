// A practice run on this device: every step is stored at once; a finished run waits for a network (sync.js).

import { draw, fill, repeat } from "practice/offline/render.js";
import { change, forget, now, put, read, saved, uuid, who } from "practice/offline/runs.js";
import { COUNTING, outcome, shown } from "practice/offline/screen.js";
import { ended, replay, step } from "practice/offline/simulator.js";

const main = document.querySelector("main");
const { scenario, words, digest } = JSON.parse(document.getElementById("rehearsal").textContent);
const part = (name) => main.querySelector(`[data-part="${name}"]`);
const named = (mode) => main.querySelector(`[data-mode="${mode}"] h3`).textContent;
const current = () => location.hash.slice(1);
const of = (mode) => read().findLast((one) => one.scenario === scenario.id && one.mode === mode && !one.done);

function turn(name) {
  for (const one of main.querySelectorAll("[data-part]")) one.hidden = one.dataset.part !== name;
  return part(name);
}

// --- the ways of rehearsing

function choose() {
  for (const box of turn("modes").querySelectorAll("[data-mode]")) {
    const open = Boolean(of(box.dataset.mode));
    box.querySelector("[data-on]").hidden = !open;
    box.querySelector("details").hidden = !open;
    box.querySelector("[data-begin]").hidden = open;
  }
}

function start(mode) {
  change((runs) => runs.filter((one) => one.done || one.scenario !== scenario.id || one.mode !== mode));
  const able = put({ id: uuid(), scenario: scenario.id, digest, mode, events: [], begun: now() });
  main.querySelector("[data-unable]").hidden = able;
  if (!able) return;
  if (current() === mode) play();
  else location.hash = mode;
}

// --- one screen after another

// The run of this mode and its state; a run of an older text cannot go on.
function opened(mode) {
  const run = of(mode);
  if (!run) return {};
  try {
    if (run.digest === digest) return { run, state: replay(scenario, run.events) };
  } catch {}
  forget(run);
  say("changed");
  return {};
}

function say(name) {
  const said = main.querySelector("[data-said]");
  said.textContent = name ? said.dataset[name] : "";
}

function play(refused, typed) {
  const mode = current();
  const { run, state } = opened(mode);
  if (!run) return choose();
  const view = turn("run");
  const screen = draw(shown(scenario, words, state, mode, refused, typed));
  view.querySelector("header .tag").textContent = named(mode);
  view.querySelector(".mock-screen").replaceWith(screen);
  screen.dataset.at = run.events.length;
  document.title = `${screen.querySelector("#screen-title").textContent} – ${scenario.title}`;
  (screen.querySelector(".errors") ?? screen).focus({ preventScroll: true });
  screen.scrollIntoView();
}

function submit(form, button) {
  const { run, state } = opened(current());
  const at = Number(form.closest(".mock-screen").dataset.at);
  if (run && at !== run.events.length) say("elsewhere");
  if (!run || at !== run.events.length) return play();
  say();
  const sent = [...new FormData(form)].filter(([name]) => name.startsWith("set-"));
  const typed = new Map(sent.map(([name, value]) => [name.slice(4), value]));
  const event = button && (button.name === "back" ? { back: true } : { [button.name]: button.value });
  const { kept, refused } = step(scenario, state, typed, event);
  const over = ended(scenario, state);
  put({ ...run, events: [...run.events, ...kept], ...(over && { done: true, at: now() }) });
  if (over) finish(run.mode, state);
  else play(refused, typed);
}

// --- the end

function finish(mode, state) {
  const found = outcome(scenario, words, state, mode);
  const view = turn("end");
  view.replaceChildren(document.getElementById("blank-end").content.cloneNode(true));
  const there = {
    passed: found.passed,
    guided: !COUNTING.includes(mode) && found.whole,
    failed: !found.whole,
    missed: found.reached < found.goals.length,
    fallen: found.fallen > 0,
    safe: found.met > 0 && !found.fallen,
    none: !found.met,
    known: who(),
    visitor: !who(),
  };
  for (const one of view.querySelectorAll("[data-if]")) if (!there[one.dataset.if]) one.remove();
  const tagged = (copy, name) =>
    copy.querySelectorAll("[data-is]").forEach((one) => one.dataset.is === name || one.remove());
  const weak = view.querySelector("[data-weak]");
  if (weak)
    repeat(
      weak,
      found.skills.filter((one) => one.level === "again"),
    );
  repeat(view.querySelector("[data-goal]"), found.goals, (copy, { reached }) => tagged(copy, String(reached)));
  repeat(view.querySelector("[data-skill]"), found.skills, (copy, { level }) => tagged(copy, level));
  repeat(view.querySelector("[data-trap]"), found.traps);
  fill(view, { mode: named(mode), avoided: found.met - found.fallen, met: found.met });
  history.replaceState(null, "", location.pathname);
  view.querySelector("h2").focus();
  send();
}

// Where there is a network again, a page of whoever is signed in here is asked for what sending needs.
async function send() {
  if (!read().some((one) => one.done)) return;
  try {
    const response = await fetch(`/practice/${scenario.id}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const csrf = page.querySelector('meta[name="csrf"]')?.content;
    const account = page.getElementById("live-js")?.dataset.who;
    if (csrf && account === who()) await (await import("practice/offline/sync.js")).merge(account, csrf);
  } catch {} // still none: it stays
}

// --- the page

main.addEventListener("click", ({ target }) => {
  const mode = target.closest("[data-begin], [data-again]")?.closest("[data-mode]").dataset.mode;
  if (mode) start(mode);
  if (target.closest("[data-stop]")) {
    const { run } = opened(current());
    if (run) forget(run);
    location.hash = "";
  }
});
main.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(event.target, event.submitter);
});
addEventListener("hashchange", () => {
  say();
  play();
});
addEventListener("online", send);
play();
if (saved) send();
