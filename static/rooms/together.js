// A lesson followed together: what a learner shows of it goes without a new page, and the sentence at which somebody is
// stuck is set apart. Without this script the same forms lead to the same page.

const { refresh } = await import(document.getElementById("live-js").src);
const { point, failed } = document.getElementById("together-js").dataset;
const pane = document.getElementById("lesson");
const csrf = document.querySelector("meta[name=csrf]").content;
const say = document.getElementById("say");

// ---- sentences -------------------------------------------------------------------------------------------

// What stands in #signs decides; it comes anew with every change (show.js).
function setApart() {
  const signs = document.getElementById("signs");
  const said = JSON.parse(signs?.dataset.stuck ?? "{}");
  for (const sentence of pane.querySelectorAll("[data-sentence]")) {
    const words = said[sentence.dataset.sentence];
    if (sentence.classList.contains("stuck-here") === Boolean(words) && (!words || sentence.firstChild.textContent.trim() === words)) continue;
    if (sentence.classList.contains("stuck-here")) sentence.firstChild.remove();
    sentence.classList.toggle("stuck-here", Boolean(words));
    if (words) sentence.prepend(Object.assign(document.createElement("span"), { className: "sr", textContent: `${words} ` }));
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
  const button = Object.assign(document.createElement("button"), { id: "point", type: "button", className: "btn small", textContent: point });
  button.addEventListener("click", () => {
    form.elements.sentence.value = sentence.dataset.sentence;
    button.remove();
    form.requestSubmit();
  });
  sentence.after(button);
});

// ---- what is sent ----------------------------------------------------------------------------------------

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": csrf }, body });
  const answer = await response.json();
  say.textContent = answer.ok ? "" : answer.say || failed;
  if (!answer.ok) return;
  const list = form.closest("details");
  if (list) {
    form.reset();
    list.open = false;
    list.querySelector("summary").focus({ preventScroll: true });
  }
  await refresh(["stuck", "signs"], () => false);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-together]");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.going) return;
  form.dataset.going = "1";
  send(form, event.submitter)
    .catch(() => (say.textContent = failed))
    .finally(() => delete form.dataset.going);
});
