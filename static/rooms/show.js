// A room. The database is the truth: what is shown here follows its numbers without gaps, and what is written
// waits in an outbox until the server has it, under an id that makes sending it twice the same as once.

import { busy, socket as open, refresh } from "app/live-regions.js";
import * as unsent from "rooms/outbox.js";
import * as pictures from "rooms/pictures/pictures.js";

const main = document.querySelector("main.room");
const list = document.getElementById("messages");
const log = document.getElementById("log");
const say = document.getElementById("say");
const more = document.getElementById("more");
const words = JSON.parse(document.getElementById("words").textContent);
const csrf = document.querySelector("meta[name=csrf]").content;
const room = main.dataset.room;
const me = main.dataset.me;
const clock = new Intl.DateTimeFormat("vi", {
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: "Asia/Ho_Chi_Minh",
});
const GAP = 150; // ms: pushes of two processes may overtake one another
const TRY = 2000;
const POLL = 4000;
const QUIET = 25000;

let line; // the socket, once it is there
let last = Number(main.dataset.last);
let rev = Number(main.dataset.rev); // up to which change of what stands here this page knows everything
let entered = false;
const parked = new Map();
let outbox = await unsent.waiting(me, room);
for (const one of outbox) if (one.old) one.failed = words.notSent;
const sealed = new Set(); // ids of what only the people in charge read
const written = new Map(outbox.map((one) => [one.client_id, one.text])); // our own words, also of held messages

document.getElementById("by-hand")?.remove();

// ---- scrolling -------------------------------------------------------------------------------------------

const scroller = () => (getComputedStyle(log).overflowY === "auto" ? log : document.scrollingElement);
const atEnd = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight < 120;
let pinned = true; // at the newest message, and staying there whatever grows around it
let fresh = 0; // messages below what is shown

function toEnd() {
  if (!log.offsetParent) return; // on a phone the lesson is shown
  scroller().scrollTop = scroller().scrollHeight;
  pinned = true;
  more.hidden = true;
  fresh = 0;
}

function below(count) {
  fresh += count;
  more.querySelector("span").textContent = words.fresh.replace("{n}", fresh);
  more.hidden = false;
}

// Where the page opens: at the message that its address names, or at the safety card, or at the first new message, or at
// the newest.
function place() {
  const card = document.getElementById("care").firstElementChild;
  const at = list.querySelector(":target") ?? card?.parentElement ?? document.getElementById("unread");
  if (!at) return toEnd();
  at.scrollIntoView({ block: at.id === "care" ? "start" : "center" });
  pinned = atEnd();
  const count = list.querySelectorAll("#unread ~ li").length;
  if (!pinned && count) below(count);
}

more.querySelector("button").addEventListener("click", toEnd);
for (const place of [log, document]) {
  place.addEventListener(
    "scroll",
    () => {
      pinned = atEnd();
      if (pinned) {
        more.hidden = true;
        fresh = 0;
      }
    },
    { passive: true },
  );
}
const grown = new ResizeObserver(() => pinned && toEnd());
for (const part of [log, list, document.getElementById("composer").parentElement]) grown.observe(part);

// ---- one line --------------------------------------------------------------------------------------------

function make(tag, kind, text) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

function time(at) {
  const made = make("time", "", clock.format(new Date(at)));
  made.dateTime = at;
  return made;
}

const people = () => document.getElementById("people").dataset;

function draw(message) {
  const { seq, status, kind } = message;
  const made = make("li", "msg");
  made.id = `m${seq}`;
  Object.assign(made.dataset, { seq, status });
  if (message.author) made.dataset.author = message.author;
  if (kind === "system") {
    made.classList.add("system");
    made.append(message.text, " ·\u00a0", time(message.at));
    return made;
  }
  const own = message.author === me || (message.text === null && written.has(message.client_id));
  const text = message.text ?? (status === "held" ? written.get(message.client_id) : undefined);
  made.classList.toggle("mine", own);
  made.classList.toggle("held", status === "held");
  made.classList.toggle("gone", status === "hidden");
  // Whoever has just typed it is not read it; that it waits or was changed is said.
  if (own && status === "sent") made.setAttribute("aria-live", "off");
  const who = make("p", "who");
  if (own) who.append(make("span", "sr", words.you));
  else if (message.name) {
    who.append(make("b", "", message.name));
  }
  who.append(time(message.at));
  if (message.edited) who.append(make("span", "", words.edited));
  if (message.author && !own)
    who.append(
      Object.assign(make("a", "", words.report), {
        href: `/report/message/${room}/${seq}`,
        ariaLabel: words.reportThis,
      }),
    );
  if (text !== undefined || message.picture) {
    const link = Object.assign(make("a", "more"), { href: `/rooms/${room}/messages/${seq}`, ariaLabel: words.more });
    link.append(Object.assign(make("span", "", "⋯"), { ariaHidden: "true" }));
    who.append(link);
  }
  made.append(who);
  if (message.reply) made.append(quoted(message.reply));
  const picture = message.picture ?? (own && status === "held" ? pictures.mine(message.client_id) : undefined);
  if (picture)
    made.append(pictures.element(picture, text || words.pictureOf.replace("{name}", message.name ?? words.you)));
  if (text || !picture)
    made.append(
      make("p", "text", text ?? (status === "held" ? words.held : message.withdrawn ? words.withdrawn : words.gone)),
    );
  if (message.reactions) made.append(reactions(message.reactions));
  if (message.lesson) import("rooms/messages/message-actions.js").then((acts) => acts.card(made, room)).catch(() => {});
  const judges = document.getElementById("acts-held");
  if (text !== undefined && (status === "held" || (status === "masked" && own))) {
    const state = make(
      "p",
      "state",
      status === "masked"
        ? words.maskedMine
        : message.sealed || sealed.has(message.client_id)
          ? words.sealedMine
          : own
            ? picture
              ? words.pictureHeld
              : words.heldMine
            : words.heldSeen,
    );
    if (own || judges) {
      const link = make("a", "", own ? words.why : words.look);
      link.href = `/rooms/${room}/messages/${seq}`;
      state.append(" ", link);
    }
    made.append(state);
  }
  const acts = document.getElementById(status === "held" ? "acts-held" : "acts-sent");
  if (acts && text !== undefined && !own) {
    const form = acts.content.cloneNode(true);
    form.querySelector("[name=seq]").value = seq;
    made.append(form);
  }
  roleOf(made);
  return made;
}

// What a message answers; of what nobody sees any more, that it is so.
function quoted({ seq, name, text }) {
  const made = make("a", "answered");
  made.href = `#m${seq}`;
  made.dataset.of = seq;
  if (text === null) made.append(words.answeredGone);
  else made.append(make("b", "", name), ` ${text || words.picture}`);
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
    item.append(seen, make("span", "sr", `${says}: ${names.join(", ")}`));
    made.append(item);
  }
  return made;
}

// Say beside a name what this person is here; somebody who has just come in is known a moment later.
function roleOf(item) {
  const { roles, watchers } = people();
  const role = JSON.parse(roles)[item.dataset.author];
  const name = item.querySelector(".who b");
  item.classList.toggle("teacher", JSON.parse(watchers).includes(item.dataset.author));
  if (role && name && !item.querySelector(".who .tag")) name.after(make("span", "tag", role));
}

function show(message) {
  const end = pinned;
  document.getElementById("nothing")?.remove();
  const mine = settle(message.client_id);
  const first = list.querySelector(".wait, .failed");
  list.insertBefore(draw(message), first);
  if (end || mine) toEnd();
  else below(1);
  readBy();
  if (typist && typist === message.author) tell("");
  sawLater();
  if (message.status === "held" && document.getElementById("acts-held")) reveal(message.seq);
  if (message.status === "held" && mine) showCare().catch(() => {}); // its answer may be lost
}

// Pushes carry no held text; a watcher asks for it.
async function reveal(seq) {
  const answer = await ask("catch_up", { room, after: seq - 1 }).catch(() => null);
  const full = answer?.messages?.find((message) => message.seq === seq);
  if (typeof full?.text === "string") redraw(full);
}

// A message that is already shown has become something else.
function redraw(message) {
  const old = document.getElementById(`m${message.seq}`);
  if (!old) return insert(message);
  const focused = old.contains(document.activeElement);
  const fresh = draw(message);
  old.replaceWith(fresh);
  if (focused) fresh.querySelector(".more")?.focus({ preventScroll: true });
  const shut = message.text === null;
  for (const link of list.querySelectorAll(`.answered[data-of="${message.seq}"]`)) {
    link.replaceWith(quoted({ seq: message.seq, name: message.name, text: shut ? null : message.text.slice(0, 120) }));
  }
}

// A message of which this reader did not know is shown to them now, at its place among those on the page.
function insert(message) {
  const next = [...list.querySelectorAll("[data-seq]")].find((one) => Number(one.dataset.seq) > message.seq);
  if (next?.previousElementSibling?.dataset.seq && message.seq <= last) list.insertBefore(draw(message), next);
}

// ---- what comes ------------------------------------------------------------------------------------------

let gapTimer;

function receive(message) {
  heardAt = Date.now();
  if (message.room !== room || message.seq <= last) return;
  parked.set(message.seq, message);
  while (parked.has(last + 1)) {
    last += 1;
    show(parked.get(last));
    parked.delete(last);
  }
  if (parked.size && !gapTimer) {
    gapTimer = setTimeout(() => {
      gapTimer = undefined;
      if (parked.size) catchUp();
    }, GAP);
  }
}

let heardAt = 0;

// What an answer brings: what became of messages that stand here, and those that are new.
function heard(answer) {
  heardAt = Date.now();
  answer.changes.forEach(redraw);
  rev = answer.rev;
  answer.messages.forEach((message) => {
    last = Math.max(last, message.seq - 1); // an answer is whole: a number that is not in it is not for this reader
    receive(message);
  });
}

let catching = false;

// Ask for everything after the last number without a gap, over whichever way is open.
async function catchUp() {
  if (catching) return;
  catching = true;
  try {
    for (let pages = 0, rest = true; rest; pages += 1) {
      if (pages === 5) return location.reload(); // very far behind: the page shows the newest part
      const before = last;
      const answer = await ask("catch_up", { room, after: last, rev });
      if (!answer.ok) return refused(answer);
      heard(answer);
      rest = answer.more && last > before;
    }
  } catch {
    // no way is open; the next connection or the next poll asks again
  } finally {
    catching = false;
  }
}

// A line over which nobody answers is given up, though it may seem open for a long while yet: the next one may carry.
const overLine = (verb, data) =>
  line
    .timeout(8000)
    .emitWithAck(verb, data)
    .catch((error) => {
      if (line.connected) line.io.engine.close();
      throw error;
    });

async function ask(verb, data) {
  if (line?.connected && entered) return overLine(verb, data);
  const json = { Accept: "application/json", "X-CSRFToken": csrf };
  const url = `/rooms/${room}/messages`;
  const response =
    verb === "post"
      ? await fetch(url, {
          method: "POST",
          headers: { ...json, "Content-Type": "application/json" },
          body: JSON.stringify(data),
        })
      : await fetch(`${url}?after=${data.after}${data.rev === undefined ? "" : `&rev=${data.rev}`}`, { headers: json });
  return response.json();
}

// Whether an answer says that this page may no longer be here.
function refused(answer) {
  if (answer.error === "missing") gone();
  else if (answer.error === "signed_out") location.reload();
  else return false;
  return true;
}

function gone() {
  line?.close();
  list.replaceChildren();
  say.textContent = words.removed;
  location.assign("/rooms");
}

// ---- what goes -------------------------------------------------------------------------------------------

// The server has this message: it leaves the outbox. Says whether it was one of ours.
function settle(clientId) {
  const picture = pictures.settle(clientId);
  const mine = outbox.some((one) => one.client_id === clientId);
  if (mine) {
    outbox = outbox.filter((one) => one.client_id !== clientId);
    unsent.drop(clientId);
  }
  document.getElementById(`w${clientId}`)?.remove();
  return mine || picture;
}

function pending(one) {
  const old = document.getElementById(`w${one.client_id}`);
  const made = make("li", `msg mine ${one.failed ? "failed" : "wait"}`);
  if (!one.failed) made.setAttribute("aria-live", "off");
  made.id = `w${one.client_id}`;
  made.append(make("p", "text", one.text));
  const state = make("p", "state", one.failed ?? (line?.connected ? words.sending : words.waiting));
  if (one.failed) {
    state.append(
      button(one.confirm ? words.anyway : words.again, () => {
        one.failed = undefined;
        pending(one);
        flush();
      }),
    );
    state.append(button(words.drop, () => settle(one.client_id)));
  }
  made.append(state);
  if (old) old.replaceWith(made);
  else list.append(made);
}

function button(label, act) {
  const made = make("button", "btn link small", label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// Only the people in charge read it: whom to call is shown at once. The push may have drawn it before this answer.
function careFor(clientId, { seq }) {
  sealed.add(clientId);
  const state = document.getElementById(`m${seq}`)?.querySelector(".state");
  if (state) state.firstChild.data = words.sealedMine;
  showCare().catch(() => location.reload());
}

// The numbers stand at the top of the card: they are what has to be in view, not its end.
async function showCare() {
  await refresh(["care"]);
  const care = document.getElementById("care");
  if (!care.firstElementChild) return; // another message of ours waits
  pinned = false;
  care.scrollIntoView({ block: "start" });
}

// The server has it. The push comes on the same line; if it does not, the number tells that something is missing.
function arrived(clientId, answer) {
  if (answer.say) tell(answer.say);
  if (answer.care && !sealed.has(clientId)) careFor(clientId, answer);
  setTimeout(() => {
    if (answer.seq > last) catchUp();
    else settle(clientId);
  }, GAP);
}

let sending = false;
let sendTimer;
let unanswered = false; // what waits for its next try has had no answer, rather than one that says how long

// Send what waits, one after the other and always with the same id, so that order and number are the server's.
async function flush() {
  if (sending || sendTimer) return;
  const one = outbox.find((candidate) => !candidate.failed);
  if (!one) return;
  sending = true;
  let wait = 0;
  try {
    const answer = await ask("post", {
      room,
      client_id: one.client_id,
      text: one.text,
      reply: one.reply,
      confirm: one.confirm === true,
    });
    unanswered = false;
    wait = answered(one, answer);
  } catch {
    wait = TRY * (0.75 + Math.random() / 2);
    unanswered = true;
  }
  sending = false;
  if (wait)
    sendTimer = setTimeout(() => {
      sendTimer = undefined;
      flush();
    }, wait);
  else flush();
}

// What an answer to `post` means; returns how many ms to wait before the next try.
function answered(one, answer) {
  if (answer.ok) {
    if (answer.care) careFor(one.client_id, answer);
    if (outbox.includes(one)) {
      arrived(one.client_id, answer);
      outbox = outbox.filter((other) => other !== one);
      unsent.drop(one.client_id);
    }
    return 0;
  }
  if (answer.retry_after) {
    tell(answer.say);
    return answer.retry_after * 1000;
  }
  if (answer.error === "signed_out" || answer.error === "missing") {
    refused(answer);
    return TRY;
  }
  one.failed = answer.say || words.notSent;
  one.confirm = answer.error === "confirm";
  pending(one);
  if (["closed", "muted", "locked"].includes(answer.error)) renew();
  return 0;
}

// ---- writing ---------------------------------------------------------------------------------------------

function writing() {
  const form = document.getElementById("compose");
  if (!form || form.dataset.ready) return;
  form.dataset.ready = "1";
  const field = form.elements.text;
  if (!field.value) field.value = draft;
  draft = "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return field.focus();
    if ([...text].length > 1000) {
      return tell(words.tooLong);
    }
    const one = { client_id: uuid(), text, reply: Number(form.elements.reply.value) || undefined };
    answering();
    written.set(one.client_id, text);
    outbox.push(one);
    unsent.keep(me, room, one);
    field.value = "";
    pending(one);
    toEnd();
    flush();
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  field.addEventListener("input", typing);
}

// Without https a browser has no crypto.randomUUID.
const uuid = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16),
  );

const remember = (clientId, text) => written.set(clientId, text);
pictures.start({ id: room, csrf, words, list, make, button, tell, toEnd, uuid, remember, arrived, refused, renew });

// Say above the field which message the next one answers; or, without one, that it answers none.
function answering(item) {
  const box = document.getElementById("answering");
  if (!box) return;
  box.hidden = !item;
  box.querySelector("input").value = item ? item.dataset.seq : "";
  box.querySelector("b").textContent = item?.querySelector(".who b")?.textContent ?? "";
  box.querySelector("p > span:last-child").textContent =
    item?.querySelector(".text")?.textContent ?? (item ? words.picture : "");
  document.getElementById("text").focus();
}

list.addEventListener("click", async (event) => {
  const link = event.target.closest("a.more, a.answered");
  if (!link || event.ctrlKey || event.metaKey) return;
  if (link.matches(".answered")) {
    if (document.getElementById(`m${link.dataset.of}`)) return;
    event.preventDefault();
    return location.assign(`?before=${Number(link.dataset.of) + 1}#m${link.dataset.of}`);
  }
  event.preventDefault();
  try {
    const acts = await import("rooms/messages/message-actions.js");
    acts.open(link.closest(".msg"), { room, csrf, me, words, make, answering, catchUp, refused });
  } catch {
    location.assign(link.href); // the same stands on a page of its own
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-unanswer]")) return;
  event.preventDefault();
  answering();
});

let typedAt = 0;

function typing() {
  if (!entered || Date.now() - typedAt < 3000) return;
  typedAt = Date.now();
  line.emit("typing", { room });
}

function sawTyping({ author, name }) {
  if (author === me) return;
  tell(words.typing.replace("{name}", name), 4000);
  typist = author;
}

let sayTimer;
let typist;

// A short word above the composer, which goes away again.
function tell(text, ms = 10000) {
  typist = undefined;
  say.textContent = text;
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => (say.textContent = ""), ms);
}

// ---- what else changes -----------------------------------------------------------------------------------

let renewTimer;
let draft = sessionStorage.draft ?? ""; // what was being typed when writing was taken away for a while, or the page
delete sessionStorage.draft;

function keepPart(old, fresh) {
  if (old.id === "composer") return old.dataset.state === fresh.dataset.state;
  if (old.id === "calls") return old.dataset.state === fresh.dataset.state; // who has folded it leaves it so
  if (old.id === "stuck") return old.textContent === fresh.textContent; // read aloud: not for nothing
  return old.id === "order" ? old.open : busy(old);
}

// Everything around the messages as a fresh page shows it; the composer only when it has become another one.
function renew() {
  clearTimeout(renewTimer);
  renewTimer = setTimeout(async () => {
    const parts = [
      "people",
      "way-out",
      "watch",
      "calls",
      "order",
      "composer",
      "seen",
      "stuck",
      "signs",
      ...pictures.layers(),
    ];
    draft = document.getElementById("text")?.value || draft;
    await refresh(parts, keepPart).catch(() => {});
    pictures.mirror();
    ringing();
    readBy();
    document.getElementById("by-hand")?.remove();
    list.querySelectorAll("[data-author]").forEach(roleOf);
    writing();
  }, 150);
}

// The page comes again, with what was being typed.
function anew(address = location.href) {
  sessionStorage.draft = document.getElementById("text")?.value || draft;
  location.assign(address);
}

// The shared step is another one: together.js shows it; a page without this lesson comes anew.
function stepped(event) {
  if (document.getElementById("step")?.dataset.lesson === event.lesson) {
    renew();
    document.dispatchEvent(new CustomEvent("room:step", { detail: event.step }));
  } else {
    anew("?show=lesson");
  }
}

function changed(event) {
  if (event.room !== room) return;
  if (event.message) redraw(event.message);
  if (event.rev === rev + 1) rev = event.rev;
  else if (event.rev > rev) catchUp();
  if (["edited", "withdrawn", "reacted"].includes(event.what)) return;
  if (event.what === "typing") sawTyping(event);
  else if (event.what === "seen") event.user !== me && readBy(event.seq);
  else if (event.what === "step") stepped(event);
  else if (event.what === "removed" && event.user === me) gone();
  else renew();
}

// ---- unread, tabs ----------------------------------------------------------------------------------------

let theirs = 0; // how far the other one of two has read; a part that was fetched before may know less

function readBy(upto = 0) {
  const note = document.getElementById("seen");
  if (!note) return;
  theirs = Math.max(theirs, upto, note.dataset.upto);
  note.hidden = theirs < last;
}

let sawTimer;

const visible = () => document.visibilityState === "visible";

function saw() {
  clearTimeout(sawTimer);
  sawTimer = undefined;
  if (entered) line.emit("seen", { room, seq: last });
}

function sawLater() {
  if (visible()) sawTimer ??= setTimeout(saw, 2000);
}

document.addEventListener("visibilitychange", () => {
  if (visible()) sawLater();
  else if (sawTimer) saw(); // who leaves at once has read it too
});

for (const tab of document.querySelectorAll("[data-tab]")) {
  tab.addEventListener("click", (event) => {
    event.preventDefault();
    main.dataset.show = tab.dataset.tab;
    if (main.dataset.side && tab.dataset.tab !== "talk") main.dataset.side = tab.dataset.tab;
    for (const other of document.querySelectorAll("[data-tab]")) {
      if (other === tab) other.setAttribute("aria-current", "page");
      else other.removeAttribute("aria-current");
    }
    if (tab.dataset.tab === "talk") toEnd();
    else scrollTo(0, 0);
  });
}

// ---- a call ----------------------------------------------------------------------------------------------

let calling; // its script, once somebody asks for a call or is asked
const called = (then) => {
  if (main.dataset.call === undefined) return anew(); // browsers were told with the page that there is no call
  calling ??= import("rooms/calls/panel.js").then((script) => script.start({ room, me, line, main }));
  calling.then(then).catch(() => (calling = undefined)); // without a network now: the next press tries again
};

document.addEventListener(
  "click",
  ({ target }) => target.closest?.("#call-start") && line && called((call) => call.ask()),
);

// Somebody was asked before this page was there.
function ringing() {
  const asked = document.getElementById("call-start")?.dataset.asked;
  if (asked) called((call) => call.told(JSON.parse(asked)));
}

// ---- the line --------------------------------------------------------------------------------------------

function net(up) {
  const note = document.getElementById("net");
  if (note) note.hidden = up;
  for (const one of outbox) pending(one);
}

async function enter() {
  const answer = await overLine("enter", { room, after: last, rev }).catch(() => null);
  if (!answer) return;
  if (!answer.ok) {
    if (answer.retry_after) setTimeout(enter, answer.retry_after * 1000);
    return refused(answer);
  }
  entered = true;
  net(true);
  heard(answer);
  if (answer.more) catchUp();
  renew();
  if (unanswered) {
    clearTimeout(sendTimer);
    sendTimer = undefined;
  }
  flush();
  sawLater();
}

let offline;

async function connect() {
  for (const one of outbox) pending(one);
  place();
  writing();
  line = await open();
  line.on("connect", () => {
    clearTimeout(offline);
    enter();
  });
  line.on("disconnect", () => {
    entered = false;
    offline = setTimeout(() => net(false), 1500); // a short hiccup is not worth a word
  });
  line.on("posted", receive);
  line.on("head", (head) => {
    if (head.room === room && head.seq > last) catchUp();
  });
  line.on("changed", changed);
  line.on("call", (event) => event.room === room && called((call) => call.told(event)));
  if (line.connected) enter();
  let polls = 0;
  setInterval(() => {
    if (!visible()) return;
    if (line.connected && entered) {
      if (Date.now() - heardAt > QUIET) catchUp(); // what was pushed while a server was out of order may be lost
      return;
    }
    if (line.connected) return;
    catchUp();
    flush();
    if (++polls % 3 === 0 && (pictures.layers().length || document.getElementById("signs"))) renew(); // what is no message
  }, POLL);
}

connect();
