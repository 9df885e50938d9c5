// A room. The database is the truth: what is shown here follows its numbers without gaps, and what is written
// waits in an outbox until the server has it.

import { busy, refresh } from "app/live-regions.js";
import { keepDraft, loadAnew, prepareField } from "rooms/composer.js";
import { gone, refused, socket, start } from "rooms/connection.js";
import { redraw, sawLater, show, showReadBy } from "rooms/conversation.js";
import { showRoles } from "rooms/message.js";
import {
  button,
  csrf,
  hasWritten,
  list,
  main,
  make,
  me,
  nameOf,
  room,
  sawTyping,
  tell,
  uuid,
  words,
} from "rooms/page.js";
import * as pictures from "rooms/pictures/pictures.js";
import { place, toEnd } from "rooms/scroll.js";
import { arrived, flush, flushNow, settle, showWaiting, spoken, written } from "rooms/delivery.js";

document.getElementById("by-hand")?.remove();

// ---- everything around the messages ----------------------------------------------------------------------

const AROUND = ["people", "way-out", "watch", "calls", "order", "composer", "next", "seen", "stuck", "signs"];
const renewal = {};

function keepPart(old, fresh) {
  if (old.id === "composer") return old.dataset.state === fresh.dataset.state;
  if (old.id === "calls") return keepMenu(old, fresh);
  if (old.id === "stuck") return old.textContent === fresh.textContent; // read aloud: not for nothing
  return old.id === "order" ? old.open : busy(old);
}

// Who has folded it leaves it so; who has it open is not disturbed, unless the numbers are needed now.
function keepMenu({ open, dataset }, fresh) {
  return dataset.state === fresh.dataset.state || (open && !fresh.dataset.state.startsWith("now"));
}

// As a fresh page shows it; the composer only when it has become another one.
function renew() {
  clearTimeout(renewal.timer);
  renewal.timer = setTimeout(async () => {
    keepDraft();
    await refresh([...AROUND, ...pictures.layers()], keepPart).catch(() => {});
    pictures.mirror();
    ringing();
    showReadBy();
    document.getElementById("by-hand")?.remove();
    showRoles();
    prepareField();
  }, 150);
}

document.addEventListener("room:renew", renew);

// The shared step is another one: shared-lesson.js shows it; a page without this lesson comes anew.
function stepped(event) {
  if (document.getElementById("step")?.dataset.lesson === event.lesson) {
    renew();
    document.dispatchEvent(new CustomEvent("room:step", { detail: event.step }));
  } else {
    loadAnew("?show=lesson");
  }
}

function changed(event) {
  if (["edited", "withdrawn", "reacted"].includes(event.what)) return;
  if (event.what === "typing") sawTyping(event);
  else if (event.what === "seen") event.user !== me && showReadBy(event.seq);
  else if (event.what === "step") stepped(event);
  else if (event.what === "removed" && event.user === me) gone();
  else {
    hasWritten(event.user, event.present);
    if (event.present) {
      clearTimeout(renewal.absent);
      renewal.absent = setTimeout(renew, 61000); // whoever is away a minute: presence/helper_absence.py
    }
    renew();
  }
}

for (const tab of document.querySelectorAll("[data-tab]")) {
  tab.addEventListener("click", (event) => {
    event.preventDefault();
    main.dataset.show = tab.dataset.tab;
    if (main.dataset.side && tab.dataset.tab !== "talk") main.dataset.side = tab.dataset.tab;
    for (const other of document.querySelectorAll("[data-tab]")) {
      if (other === tab) other.setAttribute("aria-current", "page");
      else other.removeAttribute("aria-current");
    }
    if (tab.dataset.tab === "talk") toEnd();
    else scrollTo(0, 0);
  });
}

// ---- a call ----------------------------------------------------------------------------------------------

const call = { panel: undefined }; // its script, once somebody asks for a call or is asked

function called(then) {
  if (main.dataset.call === undefined) return loadAnew(); // browsers were told with the page that there is no call
  call.panel ??= import("rooms/calls/panel.js").then((script) =>
    script.start({ room, me, line: socket(), main, nameOf }),
  );
  call.panel.then(then).catch(() => (call.panel = undefined)); // without a network now: the next press tries again
}

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("#call-start") && socket()) called((panel) => panel.ask());
});

// Somebody was asked before this page was there.
function ringing() {
  const asked = document.getElementById("call-start")?.dataset.asked;
  if (asked) called((panel) => panel.told(JSON.parse(asked)));
}

// ---- the line --------------------------------------------------------------------------------------------

function net(up) {
  const note = document.getElementById("net");
  if (note) note.hidden = up;
  showWaiting();
}

function entered() {
  renew();
  flushNow();
  sawLater();
}

function polled(times) {
  flush();
  // What is no message.
  if (times % 3 === 0 && (pictures.layers().length || document.getElementById("signs"))) renew();
}

const remember = (clientId, text) => written.set(clientId, text);
const means = { csrf, words, list, make, button, tell, toEnd, uuid, remember, arrived, settle, refused, renew };
pictures.start({ id: room, me, ...means });
if (spoken.length) pictures.recorder((it) => it.resume(spoken));

showWaiting();
place();
prepareField();
start({ show, redraw, changed, entered, net, polled, called: (event) => called((panel) => panel.told(event)) });
