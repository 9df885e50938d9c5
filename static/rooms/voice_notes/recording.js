// Records a voice note in the place of a form's file field, plays it once more, and hands it on.

import { kind, record } from "app/microphone.js";
import { time } from "rooms/voice_notes/player.js";

const BITS = 24_000;
let running; // the recorder, while somebody speaks
let starting = false; // a second press, while the browser asks for the microphone, begins no second recorder

export { kind };
export const stop = () => running?.stop();

// `sent(sound, text, say)` gets the sound, what stands for it in a list, and a way to say what became of it.
export function serve(box, sent) {
  const words = JSON.parse(box.dataset.words);
  const at = (selector) => box.querySelector(selector);
  const [press, clock, player, said, sender] = ["[data-record]", ".clock", "audio", ".said", "[data-send]"].map(at);
  const label = press.querySelector("span");
  let sound;
  let begun;
  at("[data-plain]").remove();
  at("[data-script]").hidden = false;
  sender.hidden = true;

  function ended(blob, recorder) {
    if (recorder !== running) return;
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
    if (starting) return;
    starting = true;
    try {
      running = await record(Number(box.dataset.max), BITS, ended);
    } catch {
      said.textContent = words.denied;
      return;
    } finally {
      starting = false;
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
    sent(sound, `${words.note} ${clock.textContent}`, (text) => (said.textContent = text));
  });
}
