// Records one sentence at a time with the device's microphone. Without it the page's own file fields stay.

import { kind, record } from "app/microphone.js";

const list = document.querySelector("[data-recorder]");
const words = JSON.parse(list.dataset.words);
const csrf = document.querySelector('meta[name="csrf"]').content;
const agreed = document.getElementById("agreed");
let running; // the recorder of the sentence that is being read
let starting = false; // a second press begins no second recorder

async function start(row, button, say) {
  if (starting) return;
  starting = true;
  try {
    running = await record(Number(list.dataset.max), 64_000, (sound) => {
      running = undefined;
      button.classList.remove("recording");
      button.querySelector("span").textContent = words.again;
      hear(row, sound);
    });
  } catch {
    say(words.denied);
    return;
  } finally {
    starting = false;
  }
  button.classList.add("recording");
  button.querySelector("span").textContent = words.stop;
  say("");
}

function hear(row, sound) {
  const player = row.querySelector("[data-script] audio");
  URL.revokeObjectURL(player.src);
  player.src = URL.createObjectURL(sound);
  player.hidden = false;
  row.sound = sound;
  const send = row.querySelector("[data-send]");
  send.hidden = false;
  send.focus();
}

async function send(row, button, say) {
  if (!agreed.checked) {
    say(words.agree);
    agreed.focus();
    return;
  }
  const body = new FormData();
  body.set("act", "record");
  body.set("agreed", "1");
  body.set("sentence", row.dataset.sentence);
  body.set("file", row.sound, "sound");
  button.disabled = true;
  say(words.sending);
  try {
    const response = await fetch(list.dataset.here, {
      method: "POST",
      headers: { "X-CSRFToken": csrf, Accept: "application/json" },
      body,
    });
    const answer = await response.json();
    say(answer.ok ? words.sent : answer.say);
    button.hidden = Boolean(answer.ok);
  } catch {
    say(words.lost); // the recording stays on the page
  }
  button.disabled = false;
}

function serve(row) {
  const said = row.querySelector(".said");
  const say = (text) => (said.textContent = text);
  row.querySelector("[data-plain]").hidden = true;
  row.querySelector("[data-script]").hidden = false;
  row.querySelector("[data-record]").addEventListener("click", ({ currentTarget }) => {
    if (running) running.stop();
    else start(row, currentTarget, say);
  });
  row.querySelector("[data-send]").addEventListener("click", ({ currentTarget }) => send(row, currentTarget, say));
}

if (kind) for (const row of list.querySelectorAll("form.send")) serve(row);
else agreed.closest("label").hidden = true;
