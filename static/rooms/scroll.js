// Where the talk is scrolled to: at the newest message, and staying there whatever grows around it; or where somebody
// reads, with the number of new messages below.

import { list, words } from "rooms/page.js";

const log = document.getElementById("log");
const more = document.getElementById("more");
const at = { end: true, below: 0 };

const scroller = () => (getComputedStyle(log).overflowY === "auto" ? log : document.scrollingElement);
const isNear = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight < 120;

export const isAtEnd = () => at.end;

export function toEnd() {
  if (!log.offsetParent) return; // on a phone the lesson is shown
  scroller().scrollTop = scroller().scrollHeight;
  at.end = true;
  more.hidden = true;
  at.below = 0;
}

export function countBelow(count) {
  at.below += count;
  more.querySelector("span").textContent = words.fresh.replace("{n}", at.below);
  more.hidden = false;
}

// Something else has to be in view than the newest message.
export function toStartOf(element) {
  at.end = false;
  element.scrollIntoView({ block: "start" });
}

// Where the page opens: at the message that its address names, or at the safety card, or at the first new message, or at
// the newest.
export function place() {
  const card = document.getElementById("care").firstElementChild;
  const first = list.querySelector(":target") ?? card?.parentElement ?? document.getElementById("unread");
  if (!first) return toEnd();
  first.scrollIntoView({ block: first.id === "care" ? "start" : "center" });
  at.end = isNear();
  const count = list.querySelectorAll("#unread ~ li").length;
  if (!at.end && count) countBelow(count);
}

more.querySelector("button").addEventListener("click", toEnd);
for (const scrolled of [log, document]) {
  scrolled.addEventListener(
    "scroll",
    () => {
      at.end = isNear();
      if (at.end) {
        more.hidden = true;
        at.below = 0;
      }
    },
    { passive: true },
  );
}
const grown = new ResizeObserver(() => at.end && toEnd());
for (const part of [log, list, document.getElementById("composer").parentElement]) grown.observe(part);
