// Keeps what is being written and shows how it stands, a moment after each change; without scripts the buttons do.

const form = document.getElementById("write");
const said = document.getElementById("draft-said");
const judged = document.getElementById("judged");
const PAUSE = 900; // ms without a key before it is kept

let timer;
let last = Promise.resolve();
let unkept = false;

async function keep() {
  const data = new FormData(form);
  data.delete("act");
  const typed = form.text.value;
  said.textContent = form.dataset.busy;
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    said.textContent = told.say;
    if (!answer.ok) return;
    form.seen.value = told.seen;
    judged.replaceChildren(...new DOMParser().parseFromString(told.page, "text/html").body.childNodes);
    unkept = form.text.value !== typed;
  } catch {
    said.textContent = form.dataset.lost;
  }
}

form.addEventListener("input", () => {
  unkept = true;
  clearTimeout(timer);
  timer = setTimeout(() => (last = last.then(keep)), PAUSE);
});
form.addEventListener("submit", () => {
  clearTimeout(timer);
  unkept = false;
});
addEventListener("beforeunload", (event) => unkept && event.preventDefault());
