// The messages of a room: new ones, those that have become something else, and how far they are read.

import { answer } from "rooms/composer.js";
import { ask, catchUp, isEntered, lastNumber, refused, socket } from "rooms/connection.js";
import { dayLine, dayOf, draw, quoted, watches } from "rooms/message.js";
import { csrf, hasWritten, list, make, me, room, visible, words } from "rooms/page.js";
import { countBelow, isAtEnd, toEnd } from "rooms/scroll.js";
import { settle, showCare } from "rooms/delivery.js";

export function show(message) {
  const end = isAtEnd();
  document.getElementById("nothing")?.remove();
  const mine = settle(message.client_id);
  const waiting = list.querySelector(".wait, .failed");
  const days = list.querySelectorAll("[data-day]");
  if (days[days.length - 1]?.dataset.day !== dayOf(message)) list.insertBefore(dayLine(message), waiting);
  list.insertBefore(draw(message), waiting);
  if (end || mine) toEnd();
  else countBelow(1);
  showReadBy();
  hasWritten(message.author);
  sawLater();
  if (message.status === "held" && watches) reveal(message.seq);
  if (message.status === "held" && mine) showCare().catch(() => {}); // its answer may be lost
}

// Pushes carry no held text; a watcher asks for it.
async function reveal(seq) {
  const found = await ask("catch_up", { room, after: seq - 1 }).catch(() => null);
  const full = found?.messages?.find((message) => message.seq === seq);
  if (typeof full?.text === "string") redraw(full);
}

// A message that is already shown has become something else.
export function redraw(message) {
  const old = document.getElementById(`m${message.seq}`);
  if (!old) return insert(message);
  const focused = old.contains(document.activeElement);
  const fresh = draw(message);
  const player = message.voice && old.querySelector(".voice");
  if (player) fresh.querySelector(".text").replaceWith(player); // a note that is heard now goes on
  old.replaceWith(fresh);
  if (focused) fresh.querySelector(".more")?.focus({ preventScroll: true });
  const text = message.text === null ? null : message.text.slice(0, 120);
  for (const link of list.querySelectorAll(`.answered[data-of="${message.seq}"]`)) {
    link.replaceWith(quoted({ seq: message.seq, author: message.author, name: message.name, text }));
  }
}

// A message of which this reader did not know is shown to them now, at its place among those on the page.
function insert(message) {
  const shown = [...list.querySelectorAll("[data-seq]")];
  const next = shown.findIndex((one) => Number(one.dataset.seq) > message.seq);
  if (next < 1 || message.seq > lastNumber()) return;
  const newDay = shown[next].previousElementSibling;
  const before = newDay.matches(".day") && newDay.dataset.day !== dayOf(message) ? newDay : shown[next];
  list.insertBefore(draw(message), before);
}

list.addEventListener("click", async (event) => {
  const link = event.target.closest("a.more, a.answered");
  if (!link || event.ctrlKey || event.metaKey) return;
  if (link.matches(".answered")) {
    if (document.getElementById(`m${link.dataset.of}`)) return;
    event.preventDefault();
    return location.assign(`?before=${Number(link.dataset.of) + 1}#m${link.dataset.of}`);
  }
  event.preventDefault();
  try {
    const acts = await import("rooms/messages/message-actions.js");
    acts.open(link.closest(".msg"), { room, csrf, me, words, make, answering: answer, catchUp, refused });
  } catch {
    location.assign(link.href); // the same stands on a page of its own
  }
});

// ---- how far it is read ------------------------------------------------------------------------------------

const read = {
  theirs: 0, // by the other one of two; a part that was fetched before may know less
  timer: undefined,
};

export function showReadBy(upto = 0) {
  const note = document.getElementById("seen");
  if (!note) return;
  read.theirs = Math.max(read.theirs, upto, note.dataset.upto);
  note.hidden = read.theirs < lastNumber();
}

function saw() {
  clearTimeout(read.timer);
  read.timer = undefined;
  if (isEntered()) socket().emit("seen", { room, seq: lastNumber() });
}

export function sawLater() {
  if (visible()) read.timer ??= setTimeout(saw, 2000);
}

document.addEventListener("visibilitychange", () => {
  if (visible()) sawLater();
  else if (read.timer) saw(); // who leaves at once has read it too
});
