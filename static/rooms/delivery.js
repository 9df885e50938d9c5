// What is written here and the server does not have yet. It waits in an outbox, under an id that makes sending it twice
// the same as once.

import { refresh } from "app/live-regions.js";
import { ask, awaitPush, isConnected, refused } from "rooms/connection.js";
import * as outbox from "rooms/outbox.js";
import { button, list, make, me, room, tell, words } from "rooms/page.js";
import * as pictures from "rooms/pictures/pictures.js";
import { toStartOf } from "rooms/scroll.js";

const TRY = 2000; // ms until a message is sent again

const kept = await outbox.waiting(me, room);
export const spoken = kept.filter((one) => one.voice); // recorder.js sends them

const queue = {
  waiting: kept.filter((one) => !one.voice),
  sending: false,
  timer: undefined,
  unanswered: false, // what waits for its next try has had no answer, rather than one that says how long
};
for (const one of queue.waiting) if (one.old) one.failed = words.notSent;

export const sealed = new Set(); // ids of what only the people in charge read
export const written = new Map(kept.map((one) => [one.client_id, one.text])); // our own words, also of held messages

const drop = (clientId) => {
  queue.waiting = queue.waiting.filter((one) => one.client_id !== clientId);
  outbox.drop(clientId);
};

// The server has this message: it leaves the outbox. Says whether it was one of ours.
export function settle(clientId) {
  const mine = pictures.settle(clientId) || queue.waiting.some((one) => one.client_id === clientId);
  if (mine) drop(clientId);
  document.getElementById(`w${clientId}`)?.remove();
  return mine;
}

function show(one) {
  const old = document.getElementById(`w${one.client_id}`);
  const made = make("li", `msg mine ${one.failed ? "failed" : "wait"}`);
  if (!one.failed) made.setAttribute("aria-live", "off");
  made.id = `w${one.client_id}`;
  made.append(make("p", "text", one.text));
  const state = make("p", "state", one.failed ?? (isConnected() ? words.sending : words.waiting));
  if (one.failed) {
    const again = () => {
      one.failed = undefined;
      show(one);
      flush();
    };
    state.append(button(one.confirm ? words.anyway : words.again, again));
    state.append(button(words.drop, () => settle(one.client_id)));
  }
  made.append(state);
  if (old) old.replaceWith(made);
  else list.append(made);
}

export const showWaiting = () => queue.waiting.forEach(show);

export function send(one) {
  written.set(one.client_id, one.text);
  queue.waiting.push(one);
  outbox.keep(me, room, one);
  show(one);
  flush();
}

// ---- the safety card -------------------------------------------------------------------------------------

// Only the people in charge read it: whom to call is shown at once. The push may have drawn it before this answer.
function careFor(clientId, { seq }) {
  sealed.add(clientId);
  const state = document.getElementById(`m${seq}`)?.querySelector(".state");
  if (state) state.firstChild.data = words.sealedMine;
  showCare().catch(() => location.reload());
}

// The numbers stand at the top of the card: they are what has to be in view, not its end.
export async function showCare() {
  await refresh(["care"]);
  const care = document.getElementById("care");
  if (care.firstElementChild) toStartOf(care); // else another message of ours waits
}

// ---- one after the other -----------------------------------------------------------------------------------

export function arrived(clientId, answer) {
  if (answer.say) tell(answer.say);
  if (answer.care && !sealed.has(clientId)) careFor(clientId, answer);
  awaitPush(answer.seq, () => settle(clientId));
}

// Send what waits, always with the same id, so that order and number are the server's.
export async function flush() {
  if (queue.sending || queue.timer) return;
  const one = queue.waiting.find((candidate) => !candidate.failed);
  if (!one) return;
  queue.sending = true;
  let wait = 0;
  try {
    const { client_id, text, reply } = one;
    const answer = await ask("post", { room, client_id, text, reply, confirm: one.confirm === true });
    queue.unanswered = false;
    wait = answered(one, answer);
  } catch {
    wait = TRY * (0.75 + Math.random() / 2);
    queue.unanswered = true;
  }
  queue.sending = false;
  if (!wait) return flush();
  queue.timer = setTimeout(() => {
    queue.timer = undefined;
    flush();
  }, wait);
}

// There is a line again: what had no answer is not waited for.
export function flushNow() {
  if (queue.unanswered) {
    clearTimeout(queue.timer);
    queue.timer = undefined;
  }
  flush();
}

// What an answer to `post` means; returns how many ms to wait before the next try.
function answered(one, answer) {
  if (answer.ok) {
    if (answer.care) careFor(one.client_id, answer);
    if (queue.waiting.includes(one)) {
      arrived(one.client_id, answer);
      drop(one.client_id);
    }
    return 0;
  }
  if (answer.retry_after) {
    tell(answer.say);
    return answer.retry_after * 1000;
  }
  if (refused(answer)) return TRY;
  one.failed = answer.say || words.notSent;
  one.confirm = answer.error === "confirm";
  show(one);
  if (["closed", "muted", "locked"].includes(answer.error)) document.dispatchEvent(new Event("room:renew"));
  return 0;
}
