// A voice note for a waiting request, which goes into the room when that opens, or as the answer to one.

import { kind, serve } from "rooms/voice_notes/recording.js";

const box = document.getElementById("recorder");
const words = JSON.parse(box.dataset.words);
const headers = { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf]").content };

async function send(sound, _text, say) {
  const body = new FormData();
  body.append("file", sound, "file");
  say(words.sending);
  try {
    const answer = await (await fetch(box.querySelector("form").action, { method: "POST", headers, body })).json();
    if (answer.to) location.assign(answer.to);
    else if (answer.ok) location.reload();
    else say(answer.say);
  } catch {
    say(words.lost); // the recording stays on the page
  }
}

if (kind) serve(box, send);
box.querySelector("[data-drop]").addEventListener("click", (event) => {
  event.preventDefault();
  box.closest("details").open = false;
});
