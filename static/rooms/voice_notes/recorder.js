// A voice note for a room: recorded above the composer, then sent. What waits for the network stays on the device.

import * as attachments from "rooms/attachments.js";
import * as outbox from "rooms/outbox.js";
import { dress } from "rooms/voice_notes/player.js";
import { kind, serve, stop } from "rooms/voice_notes/recording.js";

let room;
let opening = false; // a second press, while the form is fetched, opens no second recorder

export function lend(...what) {
  [room] = what;
  attachments.lend(...what);
}

export async function open() {
  const link = document.getElementById("add-voice");
  if (!kind || document.getElementById("recorder")) return kind ? close() : location.assign(link.href);
  if (opening) return;
  opening = true;
  let page;
  try {
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } finally {
    opening = false;
  }
  const box = document.adoptNode(page.getElementById("recorder"));
  dress(page);
  document.getElementById("compose").before(box);
  serve(box, (voice, text) => {
    const one = { client_id: room.uuid(), text, voice };
    outbox.keep(room.me, room.id, one);
    close();
    send(one);
  });
  box.querySelector("[data-record]").focus();
  box.querySelector("[data-drop]").addEventListener("click", (event) => {
    event.preventDefault();
    close();
  });
  box.addEventListener("keydown", (event) => event.key === "Escape" && close());
}

// What this device still keeps of an earlier visit.
export function resume(kept) {
  kept.forEach(send);
}

function close() {
  stop();
  document.getElementById("recorder")?.remove();
  document.getElementById("add-voice")?.focus();
}

function send({ client_id, text, voice, old }) {
  const player = Object.assign(room.make("audio"), { controls: true, src: URL.createObjectURL(voice) });
  player.setAttribute("aria-label", text);
  attachments.submit({
    client_id,
    text,
    blob: voice,
    to: "voice-notes",
    kept: true,
    failed: old ? room.words.notSent : "",
    draw: () => player,
  });
}
