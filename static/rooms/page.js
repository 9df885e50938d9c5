// What every part of a room's page uses: what the page says of itself, small elements, the line for short notices.

export const main = document.querySelector("main.room");
export const list = document.getElementById("messages");
export const words = JSON.parse(document.getElementById("words").textContent);
export const csrf = document.querySelector("meta[name=csrf]").content;
export const { room, me } = main.dataset;

export const visible = () => document.visibilityState === "visible";

// Without https a browser has no crypto.randomUUID.
export const uuid = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16),
  );

export function make(tag, kind, text) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function button(label, act) {
  const made = make("button", "btn link small", label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// A name as the reader of this page says it. A push goes to all, so the name in it suits all: without "em" or "anh".
export const nameOf = (author, name) => JSON.parse(document.getElementById("people").dataset.names)[author] ?? name;

// ---- a short word above the composer, which goes away again ----------------------------------------------

const notice = { timer: undefined, typist: undefined };

export function tell(text, ms = 10000) {
  const say = document.getElementById("say");
  notice.typist = undefined;
  say.textContent = text;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => (say.textContent = ""), ms);
}

export function sawTyping({ author, name }) {
  if (author === me) return;
  tell(words.typing.replace("{name}", nameOf(author, name)), 4000);
  notice.typist = author;
}

// Whoever was typing has written, or may not or cannot write on.
export function hasWritten(author, present) {
  const { typist } = notice;
  if (typist && (author === typist || present?.every((one) => one.id !== typist))) tell("");
}
