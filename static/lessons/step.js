// Makes a step quicker where scripts run: answers are said in place, and the place in the lesson is noted.
// Listens on the whole document, so it also serves steps that another page fetches later.

const csrf = document.querySelector('meta[name="csrf"]')?.content;

// ---- where a signed-in person is, when the step was opened by a link ----
const here = document.querySelector("main")?.dataset.here;
if (here && csrf) {
  fetch(here, { method: "POST", headers: { "X-CSRFToken": csrf }, keepalive: true }).catch(() => {});
}

// ---- hints: how many were opened goes with the answer ----
document.addEventListener(
  "toggle",
  (event) => {
    const box = event.target;
    if (!box.open || !box.matches?.(".hint-box") || box.dataset.seen) return;
    box.dataset.seen = "1";
    const count = box.closest("[data-checkpoint]")?.querySelector('input[name="hints"]');
    if (count) count.value = Number(count.value) + 1;
  },
  true,
);

// ---- answers: fetch the same page and put its question in the place of this one ----
function request(form) {
  const data = new URLSearchParams(new FormData(form));
  if (form.method === "post") return [form.action, { method: "POST", body: data }];
  const address = new URL(form.action);
  if (form.target === "_blank") data.set("part", "step"); // a step within another page
  address.search = data.toString();
  return [address, {}];
}

async function answer(form, box) {
  const open = [...box.querySelectorAll(".hint-box")].map((hint) => hint.open);
  const [address, how] = request(form);
  const response = await fetch(address, how);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector(`[data-checkpoint="${CSS.escape(box.dataset.checkpoint)}"]`);
  if (!response.ok || !fresh) throw new Error(String(response.status));
  fresh.querySelectorAll(".hint-box").forEach((hint, at) => (hint.open = open[at]));
  box.replaceWith(fresh);
  const said = fresh.querySelector("[role=status]");
  if (!said) return;
  const text = [...said.childNodes]; // a live region speaks when its content comes after it
  said.replaceChildren();
  requestAnimationFrame(() => said.append(...text));
  fresh.querySelector("button").focus({ preventScroll: true });
  said.scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const box = form.closest("[data-checkpoint]");
  if (!box) return;
  event.preventDefault();
  answer(form, box).catch(() => form.submit());
});
