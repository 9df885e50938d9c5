// The grid of free hours: arrow keys walk over it (one stop for the Tab key), the mouse paints, the sum follows.
// Without this script every cell is an ordinary box to tick.

const table = document.querySelector(".week");
const keys = document.querySelector(".week-keys");
const sum = document.querySelector(".week-sum");
const boxes = new Map([...table.querySelectorAll("input[name=cell]")].map((box) => [box.value, box]));
const at = (box) => box.value.split("-").map(Number);
const seen = (box) => box && box.offsetParent !== null;

let stop;
function stopAt(box) {
  if (stop) stop.tabIndex = -1;
  stop = box;
  box.tabIndex = 0;
}

function tell() {
  const hours = [...boxes.values()].filter((box) => box.checked).length / 2;
  sum.textContent = sum.textContent.replace(/\d+([.,]\d+)?/, String(hours));
}

const MOVES = {
  ArrowLeft: ([day, half]) => [day - 1, half],
  ArrowRight: ([day, half]) => [day + 1, half],
  ArrowUp: ([day, half]) => [day, half - 1],
  ArrowDown: ([day, half]) => [day, half + 1],
  Home: ([, half]) => [0, half],
  End: ([, half]) => [6, half],
  PageUp: ([day]) => [day, 0],
  PageDown: ([day]) => [day, 31],
};

table.addEventListener("keydown", (event) => {
  const move = MOVES[event.key];
  if (!move || !event.target.matches("input[name=cell]")) return;
  const next = boxes.get(move(at(event.target)).join("-"));
  event.preventDefault();
  if (!next) return;
  if (!seen(next)) document.getElementById(`day-${at(next)[0]}`).checked = true; // on a phone one day is seen
  stopAt(next);
  next.focus();
});
table.addEventListener("focusin", (event) => event.target.matches("input[name=cell]") && stopAt(event.target));
table.addEventListener("change", tell);

// Whoever turns to another day finds its first cell with the Tab key.
document
  .querySelectorAll(".day")
  .forEach((radio) =>
    radio.addEventListener("change", () => stopAt(boxes.get(`${radio.value}-${stop ? at(stop)[1] : 0}`))),
  );

// Painting with a mouse or a pen; a finger taps, because dragging it scrolls.
let paint = null;
table.addEventListener("pointerdown", (event) => {
  const box = event.target.closest(".cell")?.querySelector("input");
  if (!box || event.pointerType === "touch" || event.button) return;
  paint = { to: !box.checked, from: box, moved: false };
  table.dataset.paint = "";
});
table.addEventListener("pointerover", (event) => {
  const box = event.target.closest(".cell")?.querySelector("input");
  if (!paint || !box || (box === paint.from && !paint.moved)) return;
  paint.moved = true;
  paint.from.checked = box.checked = paint.to;
  tell();
});
addEventListener("pointerup", () => {
  delete table.dataset.paint;
  const moved = paint?.moved;
  paint = null;
  // The click that may follow would turn the last cell back.
  if (moved)
    addEventListener("click", (event) => event.target.closest(".week") && event.preventDefault(), {
      capture: true,
      once: true,
    });
});

for (const box of boxes.values()) box.tabIndex = -1;
stopAt(boxes.get("0-0"));
keys.hidden = false;
