// The connection of a room's page: what comes is passed on in the order of its numbers, without gaps; what is asked goes
// over the socket, or by HTTP while there is none.

import { socket as open } from "app/live-regions.js";
import { csrf, list, main, room, visible } from "rooms/page.js";

const GAP = 150; // ms: pushes of two processes may overtake one another
const POLL = 4000;
const QUIET = 25000;

const line = { socket: undefined, entered: false, heardAt: 0, broken: undefined, polls: 0 };
const known = {
  last: Number(main.dataset.last),
  rev: Number(main.dataset.rev), // up to which change of what stands here this page knows everything
};
const gap = { parked: new Map(), timer: undefined, asking: false };
const page = {}; // what the page does with what comes; start() fills it

export const lastNumber = () => known.last;
export const isConnected = () => Boolean(line.socket?.connected);
export const isEntered = () => line.entered;
export const socket = () => line.socket;

// ---- what comes ------------------------------------------------------------------------------------------

function receive(message) {
  line.heardAt = Date.now();
  if (message.room !== room || message.seq <= known.last) return;
  gap.parked.set(message.seq, message);
  while (gap.parked.has(known.last + 1)) {
    known.last += 1;
    page.show(gap.parked.get(known.last));
    gap.parked.delete(known.last);
  }
  if (gap.parked.size && !gap.timer) {
    gap.timer = setTimeout(() => {
      gap.timer = undefined;
      if (gap.parked.size) catchUp();
    }, GAP);
  }
}

// What an answer brings: what became of messages that stand here, and those that are new.
function heard(answer) {
  line.heardAt = Date.now();
  answer.changes.forEach(page.redraw);
  known.rev = answer.rev;
  for (const message of answer.messages) {
    known.last = Math.max(known.last, message.seq - 1); // an answer is whole: a number that is not in it is not for this reader
    receive(message);
  }
}

function changed(event) {
  if (event.room !== room) return;
  if (event.message) page.redraw(event.message);
  if (event.rev === known.rev + 1) known.rev = event.rev;
  else if (event.rev > known.rev) catchUp();
  page.changed(event);
}

// Ask for everything after the last number without a gap, over whichever way is open.
export async function catchUp() {
  if (gap.asking) return;
  gap.asking = true;
  try {
    for (let pages = 0, rest = true; rest; pages += 1) {
      if (pages === 5) return location.reload(); // very far behind: the page shows the newest part
      const before = known.last;
      const answer = await ask("catch_up", { room, after: known.last, rev: known.rev });
      if (!answer.ok) return refused(answer);
      heard(answer);
      rest = answer.more && known.last > before;
    }
  } catch {
    // no way is open; the next connection or the next poll asks again
  } finally {
    gap.asking = false;
  }
}

// A message of ours is with the server. Its push comes on the same line; if it does not, the number tells that something
// is missing.
export const awaitPush = (seq, there) => setTimeout(() => (seq > known.last ? catchUp() : there()), GAP);

// ---- what is asked ---------------------------------------------------------------------------------------

// A line over which nobody answers is given up, though it may seem open for a long while yet: the next one may carry.
const overLine = (verb, data) =>
  line.socket
    .timeout(8000)
    .emitWithAck(verb, data)
    .catch((error) => {
      if (line.socket.connected) line.socket.io.engine.close();
      throw error;
    });

export async function ask(verb, data) {
  if (isConnected() && line.entered) return overLine(verb, data);
  const json = { Accept: "application/json", "X-CSRFToken": csrf };
  const url = `/rooms/${room}/messages`;
  const response =
    verb === "post"
      ? await fetch(url, {
          method: "POST",
          headers: { ...json, "Content-Type": "application/json" },
          body: JSON.stringify(data),
        })
      : await fetch(`${url}?after=${data.after}${data.rev === undefined ? "" : `&rev=${data.rev}`}`, { headers: json });
  return response.json();
}

// Whether an answer says that this page may no longer be here.
export function refused(answer) {
  if (answer.error === "missing") gone();
  else if (answer.error === "signed_out") location.reload();
  else return false;
  return true;
}

export function gone() {
  line.socket?.close();
  list.replaceChildren();
  location.assign("/rooms");
}

// ---- the line --------------------------------------------------------------------------------------------

async function enter() {
  const answer = await overLine("enter", { room, after: known.last, rev: known.rev }).catch(() => null);
  if (!answer) return;
  if (!answer.ok) {
    if (answer.retry_after) setTimeout(enter, answer.retry_after * 1000);
    return refused(answer);
  }
  line.entered = true;
  page.net(true);
  heard(answer);
  if (answer.more) catchUp();
  page.entered();
}

function poll() {
  if (!visible()) return;
  if (line.socket.connected) {
    // What was pushed while a server was out of order may be lost.
    if (line.entered && Date.now() - line.heardAt > QUIET) catchUp();
    return;
  }
  catchUp();
  line.polls += 1;
  page.polled(line.polls);
}

// `handlers`: show(message) a new one, redraw(message) one that has become something else, changed(event) anything else;
// entered() the room, net(up) whether there is a network, polled(times) without a line, called(event) of a call.
export async function start(handlers) {
  Object.assign(page, handlers);
  line.socket = await open();
  line.socket.on("connect", () => {
    clearTimeout(line.broken);
    enter();
  });
  line.socket.on("disconnect", () => {
    line.entered = false;
    line.broken = setTimeout(() => page.net(false), 1500); // a short hiccup is not worth a word
  });
  line.socket.on("posted", receive);
  line.socket.on("head", (head) => {
    if (head.room === room && head.seq > known.last) catchUp();
  });
  line.socket.on("changed", changed);
  line.socket.on("call", (event) => event.room === room && page.called(event));
  if (line.socket.connected) enter();
  setInterval(poll, POLL);
}
