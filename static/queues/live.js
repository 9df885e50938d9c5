// Parts of a page of the queue, for people without an account: each is asked for again every few seconds, alone
// (tutoring/web/page_fragments.py). A new call rings once sound is on; a phone whose browser can also shakes.

const parts = [...document.querySelectorAll("[data-every][id]")];
const sound = document.querySelector("[data-sound]");
let audio;

function ring() {
  navigator.vibrate?.([400, 200, 400]);
  if (!audio) return;
  for (const [pitch, from] of [
    [660, 0],
    [880, 0.35],
  ]) {
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.4, audio.currentTime + from);
    loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + from + 0.6);
    tone.connect(loud).connect(audio.destination);
    tone.start(audio.currentTime + from);
    tone.stop(audio.currentTime + from + 0.6);
  }
}

async function renew(id) {
  const old = document.getElementById(id);
  const state = old.dataset.state;
  const wanted = state === undefined ? id : `${id}=${state}`;
  const response = await fetch(location.href, { headers: { Accept: "text/html", "X-Parts": wanted } });
  if (response.status === 404) location.reload(); // the day is over, or the address was changed
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById(id);
  if (!fresh || fresh.isEqualNode(old) || old.contains(document.activeElement)) return;
  const call = fresh.dataset.call;
  old.replaceWith(document.adoptNode(fresh));
  if (call && call !== old.dataset.call) ring();
}

for (const part of parts) {
  setInterval(() => {
    if (document.visibilityState === "visible") renew(part.id).catch(() => {});
  }, Number(part.dataset.every) * 1000);
}

if (sound) {
  const button = sound.querySelector("button");
  sound.hidden = false;
  button.addEventListener("click", () => {
    if (audio) audio.close();
    audio = audio ? undefined : new AudioContext();
    button.setAttribute("aria-pressed", String(Boolean(audio)));
    ring();
  });
}
