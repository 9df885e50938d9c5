// Which stops of the guided tour are done: kept in this browser alone, and lost without harm.

const root = document.querySelector("[data-tour]");
const key = `tour:${root.dataset.tour}`;
const boxes = [...root.querySelectorAll("[data-stop]")];
const progress = root.querySelector("[data-progress]");

function kept() {
  try {
    return new Set(JSON.parse(localStorage.getItem(key) ?? "[]"));
  } catch {
    return new Set(); // the browser keeps nothing, or something else stands there
  }
}

function tell() {
  const done = boxes.filter((box) => box.checked).map((box) => box.dataset.stop);
  progress.textContent = progress.dataset.words.replace("{done}", done.length).replace("{all}", boxes.length);
  try {
    localStorage.setItem(key, JSON.stringify(done));
  } catch {
    // then it holds for as long as the page is open
  }
}

const before = kept();
for (const box of boxes) {
  box.checked = before.has(box.dataset.stop);
  box.closest("label").hidden = false;
  box.addEventListener("change", tell);
}
progress.hidden = false;
tell();
