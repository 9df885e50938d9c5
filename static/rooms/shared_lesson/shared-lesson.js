// A lesson followed together: the step is shown in its place, what a learner shows of it goes without a new page, and the
// sentence at which somebody is stuck is set apart. Without this script the same forms lead to the same page.

import { refresh } from "app/live-regions.js";

const { point, failed, step: moved } = document.getElementById("together-js").dataset;
const pane = document.getElementById("lesson");
const csrf = document.querySelector("meta[name=csrf]").content;
const room = document.querySelector("main.room").dataset.room;
const say = document.getElementById("say");
let sayTimer;

function tell(text) {
  say.textContent = text;
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => (say.textContent = ""), 10000);
}

// ---- the step --------------------------------------------------------------------------------------------

// The whole room is at this step now: this page too, unless somebody looks at another one alone.
async function follow(step) {
  const old = document.getElementById("step");
  const said = moved.replace("{n}", step);
  if ("alone" in old.dataset) return tell(said);
  const response = await fetch(`/rooms/${room}/lesson`, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("step");
  const shown = document.getElementById("step");
  if (!fresh || fresh.dataset.step === shown.dataset.step) return;
  const focused = shown.contains(document.activeElement) && document.activeElement.value - shown.dataset.step;
  shown.replaceWith(document.adoptNode(fresh));
  if (focused)
    [...fresh.querySelectorAll("[data-follow] button")].at(focused < 0 ? 0 : -1)?.focus({ preventScroll: true });
  tell(`${said} ${fresh.querySelector("h3")?.textContent ?? ""}`);
  pane.scrollTop = 0;
}

document.addEventListener("room:step", ({ detail }) => follow(detail).catch(() => {}));

// ---- sentences -------------------------------------------------------------------------------------------

// What stands in #signs decides; it comes anew with every change (show.js).
function setApart() {
  const signs = document.getElementById("signs");
  const said = JSON.parse(signs?.dataset.stuck ?? "{}");
  for (const sentence of pane.querySelectorAll("[data-sentence]")) {
    const words = said[sentence.dataset.sentence];
    if (
      sentence.classList.contains("stuck-here") === Boolean(words) &&
      (!words || sentence.firstChild.textContent.trim() === words)
    )
      continue;
    if (sentence.classList.contains("stuck-here")) sentence.firstChild.remove();
    sentence.classList.toggle("stuck-here", Boolean(words));
    if (words)
      sentence.prepend(Object.assign(document.createElement("span"), { className: "sr", textContent: `${words} ` }));
  }
}

new MutationObserver(setApart).observe(pane, { childList: true, subtree: true });
setApart();

// A tap on a sentence offers to point at it; the list of sentences under the step does the same by keyboard.
document.addEventListener("click", ({ target }) => {
  const sentence = target.closest?.("#step [data-sentence]");
  const form = document.querySelector("#stuck-form form");
  if (!sentence || !form || target.closest("a, button")) return;
  document.getElementById("point")?.remove();
  if (sentence.classList.contains("stuck-here")) return;
  const button = Object.assign(document.createElement("button"), {
    id: "point",
    type: "button",
    className: "btn small",
    textContent: point,
  });
  button.addEventListener("click", () => {
    form.elements.sentence.value = sentence.dataset.sentence;
    button.remove();
    form.requestSubmit();
  });
  sentence.after(button);
});

// ---- what is sent ----------------------------------------------------------------------------------------

async function post(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const response = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrf },
    body,
  });
  const answer = await response.json();
  if (!answer.ok) tell(answer.say || failed);
  return answer.ok;
}

async function send(form, button) {
  if (!(await post(form, button))) return;
  if (form.matches("[data-follow]")) return follow(Number(button.value));
  const list = form.closest("details");
  if (list) {
    form.reset();
    list.open = false;
    list.querySelector("summary").focus({ preventScroll: true });
  }
  await refresh(["stuck", "signs"], () => false);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-together], [data-follow]");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.going) return;
  form.dataset.going = "1";
  send(form, event.submitter)
    .catch(() => tell(failed))
    .finally(() => delete form.dataset.going);
});
