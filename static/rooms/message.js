// One message as an element; the template rooms/_message.html draws the same from the same object.

import { list, make, me, nameOf, room, words } from "rooms/page.js";
import * as pictures from "rooms/pictures/pictures.js";
import { sealed, written } from "rooms/sending.js";

const clock = new Intl.DateTimeFormat("vi", {
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: "Asia/Ho_Chi_Minh",
});

function time(at) {
  const made = make("time", "", clock.format(new Date(at)));
  made.dateTime = at;
  return made;
}

const hues = list.dataset.hues.trim().split(" ");

// The first letter of the name to be called by, as the macro `avatar` draws it.
function face(name) {
  const [letter] = (name || "?").split(/\s+/).at(-1);
  return Object.assign(make("span", "avatar s", letter.toUpperCase()), { ariaHidden: "true" });
}

// ---- days ------------------------------------------------------------------------------------------------

const inVietnam = { timeZone: "Asia/Ho_Chi_Minh" };
const isoDay = new Intl.DateTimeFormat("sv", inVietnam);
const lang = document.documentElement.lang;
const dayParts = new Intl.DateTimeFormat(lang, {
  ...inVietnam,
  weekday: "long",
  day: "numeric",
  month: lang === "vi" ? "numeric" : "short",
});

export const dayOf = (message) => isoDay.format(new Date(message.at));

// The line above the first message of a day.
export function dayLine(message) {
  const parts = Object.fromEntries(
    dayParts.formatToParts(new Date(message.at)).map(({ type, value }) => [type, value]),
  );
  const date = lang === "vi" ? `${parts.day}/${parts.month}` : `${parts.day} ${parts.month}`;
  const made = make("li", "day", `${parts.weekday} ${date}`);
  made.dataset.day = dayOf(message);
  return made;
}

const page = (seq) => `/rooms/${room}/messages/${seq}`;

export function draw(message) {
  const { seq, status } = message;
  const made = make("li", "msg");
  made.id = `m${seq}`;
  Object.assign(made.dataset, { seq, status });
  if (message.author) made.dataset.author = message.author;
  if (message.kind === "system") {
    made.classList.add("system");
    made.append(message.text, " ·\u00a0", time(message.at));
    return made;
  }
  const own = message.author === me || (message.text === null && written.has(message.client_id));
  const text = message.text ?? (status === "held" ? written.get(message.client_id) : undefined);
  const picture = message.picture ?? (own && status === "held" ? pictures.mine(message.client_id) : undefined);
  made.classList.toggle("mine", own);
  made.classList.toggle("held", status === "held");
  made.classList.toggle("gone", status === "hidden");
  if (message.author && !own) {
    made.classList.add(`hue-${hues[Number(message.author) % hues.length]}`);
    made.append(face(nameOf(message.author, message.name)));
  }
  // Whoever has just typed it is not read it; that it waits or was changed is said.
  if (own && status === "sent") made.setAttribute("aria-live", "off");
  made.append(head(message, own, text !== undefined || message.picture));
  if (message.reply) made.append(quoted(message.reply));
  if (picture) {
    const alt = text || words.pictureOf.replace("{name}", nameOf(message.author, message.name) ?? words.you);
    made.append(pictures.element(picture, alt));
  }
  if (text || !picture) made.append(make("p", "text", text ?? absent(message)));
  if (message.reactions) made.append(reactions(message.reactions));
  if (message.lesson) import("rooms/messages/message-actions.js").then((acts) => acts.card(made, room)).catch(() => {});
  if (text !== undefined && (status === "held" || (status === "masked" && own)))
    made.append(state(message, own, picture));
  const acts = document.getElementById(status === "held" ? "acts-held" : "acts-sent");
  if (acts && text !== undefined && !own) {
    const form = acts.content.cloneNode(true);
    form.querySelector("[name=seq]").value = seq;
    made.append(form);
  }
  showRole(made);
  return made;
}

// Who has written it and when, the first tap of a report, and what else can be done with it.
function head({ seq, author, name, at, edited }, own, readable) {
  const who = make("p", "who");
  if (own) who.append(make("span", "sr", words.you));
  else if (name) who.append(make("b", "", nameOf(author, name)));
  who.append(time(at));
  if (edited) who.append(make("span", "", words.edited));
  if (author && !own) {
    const report = { href: `/report/message/${room}/${seq}`, ariaLabel: words.reportThis };
    who.append(Object.assign(make("a", "", words.report), report));
  }
  if (readable) {
    const link = Object.assign(make("a", "more"), { href: page(seq), ariaLabel: words.more });
    link.append(Object.assign(make("span", "", "⋯"), { ariaHidden: "true" }));
    who.append(link);
  }
  return who;
}

// What is said in place of words that this person does not see.
function absent({ status, withdrawn }) {
  if (status === "held") return words.held;
  return withdrawn ? words.withdrawn : words.gone;
}

function state(message, own, picture) {
  const made = make("p", "state", standing(message, own, picture));
  if (own || document.getElementById("acts-held")) {
    const link = make("a", "", own ? words.why : words.look);
    link.href = page(message.seq);
    made.append(" ", link);
  }
  return made;
}

function standing(message, own, picture) {
  if (message.status === "masked") return words.maskedMine;
  if (message.sealed || sealed.has(message.client_id)) return words.sealedMine;
  if (!own) return words.heldSeen;
  return picture ? words.pictureHeld : words.heldMine;
}

// What a message answers; of what nobody sees any more, that it is so.
export function quoted({ seq, author, name, text }) {
  const made = make("a", "answered");
  made.href = `#m${seq}`;
  made.dataset.of = seq;
  if (text === null) made.append(words.answeredGone);
  else made.append(make("b", "", nameOf(author, name)), ` ${text || words.picture}`);
  return made;
}

// What was made of a message, in words: who is told by name to who listens.
function reactions(rows) {
  const made = make("ul", "reactions");
  for (const { word, by, names, n = by.length } of rows) {
    const [, says] = words.reactions.find(([one]) => one === word);
    const item = make("li", by.includes(me) ? "own" : "");
    item.dataset.word = word;
    const seen = make("span", "", `${says}${n > 1 ? ` · ${n}` : ""}`);
    seen.ariaHidden = "true";
    const who = names.map((name, at) => nameOf(by[at], name));
    item.append(seen, make("span", "sr", `${says}: ${who.join(", ")}`));
    made.append(item);
  }
  return made;
}

// Say beside a name what this person is here; somebody who has just come in is known a moment later.
function showRole(item) {
  const { roles, watchers } = document.getElementById("people").dataset;
  const role = JSON.parse(roles)[item.dataset.author];
  const name = item.querySelector(".who b");
  if (name) name.textContent = nameOf(item.dataset.author, name.textContent);
  item.classList.toggle("teacher", JSON.parse(watchers).includes(item.dataset.author));
  if (role && name && !item.querySelector(".who .tag")) name.after(make("span", "tag", role));
}

export const showRoles = () => list.querySelectorAll("[data-author]").forEach(showRole);
