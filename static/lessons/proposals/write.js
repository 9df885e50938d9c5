// Keeps what is being written and shows how it stands, a moment after each change; without scripts the buttons do.

const form = document.getElementById("write");
const said = document.getElementById("draft-said");
const judged = document.getElementById("judged");
const PAUSE = 900; // ms without a key before it is kept

let timer;
let last = Promise.resolve();
let changes = 0;
let keptChanges = 0;
let busy = false;
let waiting = false; // a submit that waits for the draft under way, else the two meet as two windows

function paragraph([text, isFault]) {
  const line = document.createElement("p");
  line.className = isFault ? "error" : "advice";
  if (isFault) {
    const word = document.createElement("span");
    word.className = "sr";
    word.textContent = `${form.dataset.wrong} `;
    line.append(word);
  }
  line.append(text);
  return line;
}

async function keep() {
  const data = new FormData(form);
  data.delete("act");
  const now = changes;
  busy = true;
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
    for (const [name, value] of Object.entries(told.fields)) form.elements[name].value = value;
    if (told.notes)
      for (const place of form.querySelectorAll("[data-said]"))
        place.replaceChildren(...(told.notes[place.dataset.said] ?? []).map(paragraph));
    judged.replaceChildren(...new DOMParser().parseFromString(told.page, "text/html").body.childNodes);
    keptChanges = now;
  } catch {
    said.textContent = form.dataset.lost;
  } finally {
    busy = false;
  }
}

form.addEventListener("input", () => {
  changes += 1;
  clearTimeout(timer);
  timer = setTimeout(() => (last = last.then(keep)), PAUSE);
});
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (busy && !waiting) {
    event.preventDefault();
    waiting = true;
    await last;
    form.requestSubmit(event.submitter);
    return;
  }
  changes = keptChanges;
});
// Of a long field that the keyboard comes to, a browser shows the cursor's line alone.
form.addEventListener("keyup", (event) => {
  if (event.key === "Tab") event.target.scrollIntoView({ block: "nearest" });
});
addEventListener("beforeunload", (event) => changes > keptChanges && event.preventDefault());
