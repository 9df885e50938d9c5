// Shows on lists of lessons, on a lesson's own page and at its end what this device itself remembers, and which
// lessons are saved on it.

import * as device from "lessons/offline/device-progress.js";

const { walked } = device.read();
const marks = document.getElementById("marks")?.content; // tags and words in the language of the page
const mark = (kind) => marks.querySelector(`[data-mark="${kind}"]`).cloneNode(true);

// ---- the row of lessons of a path ----
for (const row of marks ? document.querySelectorAll(".trail [data-lesson]") : []) {
  const mine = walked[row.dataset.lesson];
  if (!mine || row.matches(".done")) continue;
  row.classList.add(mine.finished ? "done" : "now");
  const line = row.querySelector(".meta");
  line.append(" ", mark(mine.finished ? "done" : "now"));
  if (mine.finished && mine.version < Number(row.dataset.version)) line.append(" ", mark("new"));
}

// ---- a lesson's own page ----
const start = document.querySelector("[data-resume]");
const here = start && walked[device.place.lesson];
if (here) {
  const steps = [...document.querySelectorAll(".step-list [data-step]")];
  device.addSplit(here, steps);
  for (const one of steps) if (here.done.includes(one.dataset.step)) one.append(...mark("step").childNodes);
  const at = steps.findIndex((one) => one.dataset.step === here.step);
  if (here.finished) start.textContent = start.dataset.again;
  else if (at >= 0) {
    start.textContent = start.dataset.resume.replace("{n}", at + 1);
    start.href = steps[at].href;
  }
}

// ---- the end of a lesson: ticks of "dạy lại cho con" stay on the device of somebody who has not signed in ----
const ticks = document.querySelector("[data-taught]");
if (ticks) {
  const boxes = [...ticks.querySelectorAll("input")];
  const { taught = [] } = walked[device.place.lesson] ?? {};
  for (const box of boxes) box.checked = taught.includes(box.value);
  ticks.addEventListener("change", () =>
    device.taught(
      device.place,
      boxes.filter((box) => box.checked).map((box) => box.value),
    ),
  );
}

// ---- what is saved ----
const button = document.querySelector("[data-keep]");
const section = document.querySelector("[data-saved-lessons]");
const some = async () => (await globalThis.caches?.keys())?.some((name) => /^(lesson|practice):/.test(name));
if (button || (section && (await some()))) {
  const saved = await import("lessons/offline/saved-items.js");
  if (saved.able && button) await saved.offer(button);
  if (saved.able && section) await saved.list(section);
}
