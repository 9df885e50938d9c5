// Writing in a room: the field, which message is answered, and what was being typed when the field goes.

import { isEntered, socket } from "rooms/connection.js";
import { room, tell, uuid, words } from "rooms/page.js";
import { toEnd } from "rooms/scroll.js";
import { send } from "rooms/delivery.js";

const typing = {
  draft: sessionStorage.draft ?? "", // what was being typed when writing was taken away for a while, or the page
  told: 0, // when the others last heard of it
};
delete sessionStorage.draft;

export function keepDraft() {
  typing.draft = document.getElementById("text")?.value || typing.draft;
  return typing.draft;
}

// The page comes again, with what was being typed.
export function loadAnew(address = location.href) {
  sessionStorage.draft = keepDraft();
  location.assign(address);
}

export function prepareField() {
  const form = document.getElementById("compose");
  if (!form || form.dataset.ready) return;
  form.dataset.ready = "1";
  const field = form.elements.text;
  if (!field.value) field.value = typing.draft;
  typing.draft = "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form, field);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches) {
      event.preventDefault();
      form.requestSubmit();
    }
    const phrases = event.key === "/" && !field.value && document.getElementById("add-phrase");
    if (phrases) {
      event.preventDefault();
      phrases.click();
    }
  });
  field.addEventListener("input", tellOthers);
}

function submit(form, field) {
  const text = field.value.trim();
  if (!text) return field.focus();
  if ([...text].length > 1000) return tell(words.tooLong);
  const one = { client_id: uuid(), text, reply: Number(form.elements.reply.value) || undefined };
  answer();
  field.value = "";
  send(one);
  toEnd();
  field.focus();
}

function tellOthers() {
  if (!isEntered() || Date.now() - typing.told < 3000) return;
  typing.told = Date.now();
  socket().emit("typing", { room });
}

// Say above the field which message, of which text, the next one answers; or, without one, that it answers none.
export function answer(item, text) {
  const box = document.getElementById("answering");
  if (!box) return;
  box.hidden = !item;
  box.querySelector("input").value = item ? item.dataset.seq : "";
  box.querySelector("b").textContent = item?.querySelector(".who b")?.textContent ?? "";
  box.querySelector("p > span:last-child").textContent = text || (item ? words.picture : "");
  document.getElementById("text").focus();
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-unanswer]")) return;
  event.preventDefault();
  answer();
});
