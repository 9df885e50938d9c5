// Voice notes in the talk: the browser's own player gives its place to one with a wave and a speed.

const SPEEDS = [1, 1.25, 1.5];
let speed = 1;
const served = new Map(); // boxes by the address of their sound
let playing; // the one sound that is heard

// The style sheet of voice notes, of a page from which a part is taken.
export function dress(page) {
  const sheet = page.querySelector('link[rel="stylesheet"][href*="voice-notes"]');
  if (!document.querySelector(`link[href="${sheet.getAttribute("href")}"]`)) document.head.append(sheet);
}

// Seconds as "m:ss".
export const time = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// A text that is written again is read out again: the talk is a live region.
const put = (node, text) => node.textContent === text || node.replaceChildren(text);

// The player of a note; one that came while the page was open is taken from the page of its message.
export function serve(box, page) {
  if (page) dress(page);
  if (box.dataset.ready) return; // served when this script came: two listeners would play and pause at once
  const [audio, player, wave] = ["audio", ".player", "svg:not(.icon)"].map((one) => box.querySelector(one));
  const [press, place, shown, pace, lost] = ["[data-play]", "input", ".time", "[data-speed]", ".lost"].map((one) =>
    player.querySelector(one),
  );
  const whole = Number(box.dataset.seconds);
  const play = press.ariaLabel ?? press.getAttribute("aria-label");
  box.dataset.ready = "1";
  served.set(address(box), box);
  audio.controls = false;
  player.hidden = false;
  const track = wave.parentElement;
  wave.after(wave.cloneNode(true)); // the part that was heard, in another colour

  function show() {
    const on = !audio.paused && !audio.ended;
    player.classList.toggle("playing", on);
    press.setAttribute("aria-label", on ? press.dataset.stop : play);
    const at = Math.min(audio.currentTime, whole);
    place.value = at;
    place.setAttribute("aria-valuetext", `${time(at)} / ${time(whole)}`);
    track.style.setProperty("--at", `${(100 * at) / whole}%`);
    put(shown, time(on || at > 0 ? at : whole));
    put(pace, `${speed}×`);
    pace.setAttribute("aria-label", pace.dataset.speed.replace("{n}", speed));
  }

  press.addEventListener("click", async () => {
    if (!audio.paused) return audio.pause();
    if (playing !== audio) playing?.pause();
    playing = audio;
    lost.textContent = "";
    if (audio.networkState === HTMLMediaElement.NETWORK_NO_SOURCE || audio.error) audio.load();
    audio.playbackRate = speed;
    try {
      await audio.play();
    } catch (error) {
      if (error.name !== "AbortError") lost.textContent = lost.dataset.lost;
    }
    show();
  });
  place.addEventListener("input", () => {
    audio.currentTime = Number(place.value);
    show();
  });
  pace.addEventListener("click", () => {
    speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
    audio.playbackRate = speed;
    show();
  });
  for (const event of ["play", "pause", "ended", "timeupdate"]) audio.addEventListener(event, show);
  show();
}

const address = (box) => box.querySelector("source").src;

// When its part of the page comes anew, the note that was pressed last goes on: its box takes the place of the new one.
function serveOrKeep(box) {
  const before = served.get(address(box));
  if (before && before === playing?.closest(".voice") && !before.isConnected) box.replaceWith(before);
  else serve(box);
}

const all = () => document.querySelectorAll(".voice:not([data-ready])").forEach(serveOrKeep);
all();
document.addEventListener("live:placed", all);
