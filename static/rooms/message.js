// One message as an element, from the page’s own samples of rooms/_message.html.

import { list, make, me, nameOf, room, words } from "rooms/page.js";
import * as pictures from "rooms/pictures/pictures.js";
import { sealed, written } from "rooms/delivery.js";

const clock = new Intl.DateTimeFormat("vi", {
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: "Asia/Ho_Chi_Minh",
});

const hues = list.dataset.hues.trim().split(" ");

// Of the name to be called by, as the macro `avatar` takes it.
const initial = (name) => (name || "?").split(/\s+/).at(-1)[0].toUpperCase();

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

// ---- one message -----------------------------------------------------------------------------------------

// The page carries a message of each kind with every part, drawn by rooms/_message.html: a copy is filled, and what this
// message does not have is taken out.
const samples = [...document.getElementById("samples").content.children];
const copy = (selector) => samples.find((one) => one.matches(selector)).cloneNode(true);
export const watches = samples.some((one) => one.matches(".acts"));
const page = (seq) => `/rooms/${room}/messages/${seq}`;

export function draw(message) {
  const { seq, status } = message;
  const own = message.author === me || (message.text === null && written.has(message.client_id));
  const text = message.text ?? (status === "held" ? written.get(message.client_id) : undefined);
  const picture = message.picture ?? (own && status === "held" ? pictures.mine(message.client_id) : undefined);
  const system = message.kind === "system";
  const made = copy(system ? ".system" : own ? ".mine" : ".msg:not(.mine, .system)");
  const part = (selector) => made.querySelector(`:scope > ${selector}`);
  made.id = `m${seq}`;
  made.dataset.seq = seq;
  if (system) {
    made.firstChild.data = `${message.text} ·\u00a0`;
    fillTime(made, message.at);
    return made;
  }
  made.dataset.status = status;
  if (message.author) made.dataset.author = message.author;
  else delete made.dataset.author;
  made.className = own ? "msg mine" : "msg";
  made.classList.toggle("held", status === "held");
  made.classList.toggle("gone", status === "hidden");
  // Whoever has just typed it is not read it; that it waits or was changed is said.
  if (own && status === "sent") made.setAttribute("aria-live", "off");
  if (!own && message.author) {
    made.classList.add(`hue-${hues[Number(message.author) % hues.length]}`);
    part(".avatar").textContent = initial(nameOf(message.author, message.name));
  } else part(".avatar")?.remove();
  fillHead(part(".who"), message, text !== undefined || message.picture);
  if (message.reply) part(".answered").replaceWith(quoted(message.reply));
  else part(".answered").remove();
  if (picture) {
    const alt = text || words.pictureOf.replace("{name}", nameOf(message.author, message.name) ?? words.you);
    part(".text").before(pictures.element(picture, alt));
  }
  if (text || !picture) part(".text").textContent = text ?? absent(message);
  else part(".text").remove();
  fillReactions(part(".reactions"), message.reactions ?? []);
  if (message.lesson || message.voice || text?.includes("\\("))
    import("rooms/messages/message-actions.js").then((acts) => acts.card(made, room)).catch(() => {});
  if (text !== undefined && (status === "held" || (status === "masked" && own)))
    fillState(part(".state"), message, own);
  else part(".state").remove();
  fillActs(part(".acts"), seq, status, text !== undefined);
  showRole(made);
  return made;
}

function fillTime(within, at) {
  const time = within.querySelector("time");
  time.dateTime = at;
  time.textContent = clock.format(new Date(at));
}

// Who has written it and when, the first tap of a report, and what else can be done with it.
function fillHead(who, { seq, author, name, at, edited }, readable) {
  const [title, report, more] = ["b", "a:not(.more)", ".more"].map((one) => who.querySelector(one));
  if (title && name) title.textContent = nameOf(author, name);
  else title?.remove();
  fillTime(who, at);
  if (!edited) who.querySelector("time + span").remove();
  if (report && author) report.href = `/report/message/${room}/${seq}`;
  else report?.remove();
  if (readable) more.href = page(seq);
  else more.remove();
}

// What is said in place of words that this person does not see.
function absent({ status, withdrawn }) {
  if (status === "held") return words.held;
  return withdrawn ? words.withdrawn : words.gone;
}

function fillState(state, message, own) {
  state.firstChild.data = `${standing(message, own)} `;
  const link = state.querySelector("a");
  if (link) link.href = page(message.seq);
}

function standing(message, own) {
  if (message.status === "masked") return words.maskedMine;
  if (message.sealed || sealed.has(message.client_id)) return words.sealedMine;
  return own ? words.heldMine : words.heldSeen;
}

// What a message answers; of what nobody sees any more, that it is so.
export function quoted({ seq, author, name, text }) {
  const made = copy(".mine").querySelector(".answered");
  made.href = `#m${seq}`;
  made.dataset.of = seq;
  if (text === null) made.replaceChildren(words.answeredGone);
  else made.replaceChildren(make("b", "", nameOf(author, name)), ` ${text || words.picture}`);
  return made;
}

// What was made of a message, in words: who is told by name to who listens.
function fillReactions(list, rows) {
  const item = list.firstElementChild;
  list.replaceChildren(
    ...rows.map(({ word, by, names, n = by.length }) => {
      const [, says] = words.reactions.find(([one]) => one === word);
      const made = item.cloneNode(true);
      made.classList.toggle("own", by.includes(me));
      made.dataset.word = word;
      made.firstElementChild.textContent = `${says}${n > 1 ? ` · ${n}` : ""}`;
      made.lastElementChild.textContent = `${says}: ${names.map((name, at) => nameOf(by[at], name)).join(", ")}`;
      return made;
    }),
  );
  if (!rows.length) list.remove();
}

// What a watcher can do with it: another form for what waits than for what was sent.
function fillActs(acts, seq, status, readable) {
  if (!acts) return;
  if (!readable) return acts.remove();
  const form = status === "held" ? acts : copy(".acts");
  form.querySelector("[name=seq]").value = seq;
  acts.replaceWith(form);
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
