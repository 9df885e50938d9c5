// A voice note: recorded above the composer, heard once more, then sent. What waits for the network stays on the device.

import { kind, record } from "app/microphone.js";
import * as attachments from "rooms/attachments.js";
import * as outbox from "rooms/outbox.js";
import { dress } from "rooms/voice_notes/player.js";

const BITS = 24_000;
let room;
let running; // the recorder, while somebody speaks

const time = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export function lend(...what) {
  [room] = what;
  attachments.lend(...what);
}

export async function open() {
  const link = document.getElementById("add-voice");
  if (!kind || document.getElementById("recorder")) return kind ? close() : location.assign(link.href);
  const response = await fetch(link.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const box = document.adoptNode(page.getElementById("recorder"));
  dress(page);
  document.getElementById("compose").before(box);
  serve(box);
}

// What this device still keeps of an earlier visit.
export function resume(kept) {
  kept.forEach(send);
}

function close() {
  running?.stop();
  document.getElementById("recorder")?.remove();
  document.getElementById("add-voice")?.focus();
}

function serve(box) {
  const words = JSON.parse(box.dataset.words);
  const at = (selector) => box.querySelector(selector);
  const [press, clock, player, said, sender] = ["[data-record]", ".clock", "audio", ".said", "[data-send]"].map(at);
  const label = press.querySelector("span");
  let sound;
  let begun;
  at("[data-plain]").remove();
  at("[data-script]").hidden = false;
  sender.hidden = true;
  press.focus();

  function ended(blob) {
    const seconds = (Date.now() - begun) / 1000;
    running = undefined;
    if (!box.isConnected) return;
    press.classList.remove("recording");
    press.classList.add("quiet");
    label.textContent = words.again;
    sound = seconds < 0.7 ? undefined : blob;
    clock.textContent = time(seconds);
    said.textContent = sound ? words.recorded.replace("{time}", time(seconds)) : words.short;
    player.hidden = sender.hidden = !sound;
    if (!sound) return press.focus();
    URL.revokeObjectURL(player.src);
    player.src = URL.createObjectURL(sound);
    sender.focus();
  }

  function tick() {
    if (!running) return;
    if (!box.isConnected) return running.stop(); // the composer went away: nobody is recorded unseen
    clock.textContent = time((Date.now() - begun) / 1000);
    setTimeout(tick, 250);
  }

  press.addEventListener("click", async () => {
    if (running) return running.stop();
    try {
      running = await record(Number(box.dataset.max), BITS, ended);
    } catch {
      said.textContent = words.denied;
      return;
    }
    begun = Date.now();
    player.pause();
    player.hidden = sender.hidden = true;
    press.classList.add("recording");
    press.classList.remove("quiet");
    label.textContent = words.stop;
    said.textContent = words.recording;
    tick();
  });
  at("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!sound) return;
    const id = room.uuid();
    const one = { client_id: id, text: `${words.note} ${clock.textContent}`, voice: sound };
    outbox.keep(room.me, room.id, one);
    close();
    send(one);
  });
  at("[data-drop]").addEventListener("click", (event) => {
    event.preventDefault();
    close();
  });
  box.addEventListener("keydown", (event) => event.key === "Escape" && close());
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
