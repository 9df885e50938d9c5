// Reads a step aloud with a voice that is on the device. It goes line by line, because browsers break off long texts
// and some cannot pause: a pause stops, and going on begins the line again.

const lines = () =>
  [...document.querySelectorAll("article h1, .prose p, .prose li, .prose .question, .prose legend")]
    .filter((one) => !one.closest(".note, .hint-box, .actions") && !one.querySelector("p"))
    .map((one) => one.innerText.trim())
    .filter(Boolean);

export function start(row, voices) {
  const [go, stop] = row.querySelectorAll("button");
  const label = go.querySelector("span");
  const { play, pause, on } = go.dataset;
  let text = [];
  let at = 0;
  let speaking = false;

  function show() {
    label.textContent = speaking ? pause : at ? on : play;
    stop.hidden = !speaking && !at;
  }

  function next() {
    if (!speaking) return;
    if (at >= text.length) return end();
    const said = new SpeechSynthesisUtterance(text[at]);
    said.voice = voices()[0];
    said.lang = said.voice.lang;
    said.rate = 0.9;
    said.onend = () => {
      if (!speaking) return;
      at += 1;
      next();
    };
    said.onerror = () => speaking && end();
    speechSynthesis.speak(said);
  }

  function end() {
    speaking = false;
    at = 0;
    speechSynthesis.cancel();
    show();
  }

  go.addEventListener("click", () => {
    speaking = !speaking;
    if (speaking) {
      if (!at) text = lines();
      next();
    } else speechSynthesis.cancel();
    show();
  });
  stop.addEventListener("click", () => {
    end();
    go.focus();
  });
  addEventListener("pagehide", end);
  show();
  row.hidden = false;
}
