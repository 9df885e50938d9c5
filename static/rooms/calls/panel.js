// A call in a room: asked for, answered, going on, over. Nothing is captured before both have agreed, what is open is said
// at the head of the page all the time, and everything that was captured ends with the call, by whatever it ends.

import { connect } from "rooms/calls/peer-connection.js";
import { sharing as makeScreen } from "rooms/calls/screen-sharing.js";
import { view as makeView } from "rooms/calls/view.js";

const PATIENCE = 20_000; // ms without a connection until a call is given up

// `lent`: { room, me, line, main, nameOf } of the page. Gives what the page calls when somebody asks for a call or is told of one.
export async function start(lent) {
  const address = `/rooms/${lent.room}/call`;
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const template = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("call-panel");
  if (!template) return { ask() {}, told() {} };
  document.head.append(
    Object.assign(document.createElement("link"), { rel: "stylesheet", href: template.dataset.sheet }),
  );
  return panel({ ...lent, address, template, words: JSON.parse(template.dataset.words) });
}

const could = () => Boolean(navigator.mediaDevices?.getUserMedia && window.RTCPeerConnection);

function panel({ room, me, line, main, nameOf, address, template, words }) {
  let name = "";
  let call; // what the server last said of the call that is shown here
  let mine = false; // whether this page is a side of it
  let talk; // the connection
  let opening = false;
  let mic;
  let still = false; // this microphone is off
  let theirs; // whether the other one's is: true, false, or not said yet
  let state = ""; // of the connection: "", connected, broken
  let questions = 0; // of the browser, that are open: they may hide the page
  let saving = Boolean(navigator.connection?.saveData || /2g|3g/.test(navigator.connection?.effectiveType ?? ""));
  let theySave = false;
  let lost;
  let early = []; // signals that come before the connection stands
  let said = {}; // the newest signal of each kind
  let agreeing; // the call to which a yes is on its way
  let whom = ""; // the one to be called
  const over = new Set(); // calls that have ended

  const view = makeView({ template, words, main, save, name: () => name, act: (what, button) => acts[what](button) });
  const screen = makeScreen({ view, words, call: { send, bar, busy, talk: () => talk } });
  // What gets no answer is said again: none of these acts happens twice.
  const ask = (act, more = {}, tries = 3) =>
    line
      .timeout(8000)
      .emitWithAck("call", { room, act, ...more })
      .catch((late) => (tries > 1 ? ask(act, more, tries - 1) : Promise.reject(late)));
  const facts = async () => (await fetch(address, { headers: { Accept: "application/json" } })).json();

  function show(which, asked = false) {
    if (which !== "on" || !view.shown) screen.built(view.build(saving));
    view.turn(which, asked);
  }

  function close() {
    view.close();
    call = undefined;
  }

  function sorry(text) {
    show("over", true);
    view.over(text, false);
  }

  // What is not taken for the moment is said again; of each kind only the newest counts, but of addresses all do.
  async function send(data, tries = 4) {
    if (!talk) return;
    const { id } = call;
    const [kind] = Object.keys(data);
    said[kind] = data;
    if (!line.connected) return;
    const answer = await line
      .timeout(5000)
      .emitWithAck("signal", { room, id, data })
      .catch(() => ({ late: true }));
    if (tries === 1 || !(answer.late || answer.retry_after || answer.error === "away")) return;
    await new Promise((then) => setTimeout(then, Math.min(answer.retry_after ?? 1, 5) * 1000));
    if (call?.id === id && (kind === "candidate" || said[kind] === data)) send(data, tries - 1);
  }

  async function busy(question) {
    questions += 1;
    try {
      return await question;
    } finally {
      questions -= 1;
      setTimeout(hidden, 500); // what hid the page is gone by then, or it is hidden for another reason
    }
  }

  // ---- before it goes on ---------------------------------------------------------------------------------------

  async function begin() {
    if (!could()) return sorry(window.isSecureContext ? words.noCalls : words.notSafe);
    const found = await facts();
    if (found.call) return told(found.call);
    if (!found.may) return sorry(words.may[found.why] ?? words.failed);
    choose(found.others[0]);
    if (found.others.length === 1) return show("before", true);
    show("choose", true);
    for (const one of found.others) {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        className: "btn quiet",
        textContent: nameOf(one.id, one.name),
      });
      button.addEventListener("click", () => {
        choose(one);
        show("before", true);
      });
      view.at("[data-people]").append(button);
    }
  }

  function choose(one) {
    whom = one.id;
    name = nameOf(one.id, one.name);
  }

  async function ring() {
    const answer = await ask("ask", { to: whom }).catch(() => ({}));
    if (!answer.ok) return sorry(answer.say || words.failed);
    mine = true;
    call = answer.call;
    show("asking", true);
    view.say(words.calling);
    if (call.state === "on") open();
  }

  async function accept() {
    const { id } = call;
    agreeing = id;
    const answer = await ask("accept", { id }).catch(() => ({}));
    agreeing = undefined;
    if (over.has(id)) return;
    if (!answer.ok) {
      early = [];
      return sorry(answer.say || words.failed);
    }
    mine = true;
    call = answer.call;
    open();
  }

  function decline() {
    over.add(call.id);
    ask("decline", { id: call.id }).catch(() => {});
    close();
  }

  // What the server says of a call of this person.
  function told(one) {
    if (one.room !== room || over.has(one.id) || (call && call.id !== one.id)) return;
    const asker = one.asker.id === me;
    if (one.state === "ended") ended(one, asker);
    else if (mine && one.here === false) finish("elsewhere", false);
    else if (one.id === agreeing)
      return; // its answer is on its way here
    else if (one.state === "asked" && !asker && !call) asked(one);
    else if (one.state === "on" && call && !mine)
      close(); // answered on another page
    else if (one.state === "on" && call) {
      call = { ...call, ...one };
      open();
    }
  }

  function asked(one) {
    call = one;
    name = nameOf(one.asker.id, one.asker.name);
    if (!could()) {
      // whoever asks is told at once, and not after a long wait
      decline();
      return sorry(window.isSecureContext ? words.noCalls : words.notSafe);
    }
    show("asked");
    view.say(words.called);
  }

  function ended(one, asker) {
    over.add(one.id);
    if (!call) return;
    const why = one.why === "no_answer" && !asker ? "missed" : one.why;
    if (mine || !["declined", "hung_up"].includes(why)) finish(why, mine || why === "missed");
    else close(); // taken back, or answered on another page
  }

  // ---- while it goes on ----------------------------------------------------------------------------------------

  async function open() {
    if (talk || opening) return;
    if (document.hidden) return end("hidden");
    opening = true;
    const { id } = call;
    show("on");
    bar();
    view.say(words.opening);
    const { ice = [] } = await facts().catch(() => ({}));
    opening = false;
    if (call?.id !== id) return;
    talk = connect({ polite: call.asker.id !== me, ice, send, on: { track, state: stands } });
    early.splice(0).forEach(heard);
    if (saving) save(true);
    await microphone();
  }

  async function microphone() {
    const { id } = call;
    let found;
    let fault;
    try {
      found = await busy(navigator.mediaDevices.getUserMedia({ audio: true }));
    } catch (error) {
      fault =
        { NotAllowedError: words.refused, SecurityError: words.refused, NotFoundError: words.noMic }[error.name] ??
        words.busyMic;
    }
    if (call?.id !== id || !talk) return found?.getTracks().forEach((one) => one.stop()); // over meanwhile
    const note = view.at("[data-mic]");
    note.hidden = !fault;
    note.querySelector("[data-words]").textContent = view.fill(fault ?? "");
    if (fault) view.say(fault);
    else {
      [mic] = found.getAudioTracks();
      mic.addEventListener("ended", () => call?.id === id && end()); // the browser took it away
      talk.speak(mic);
    }
    send({ quiet: !mic });
    bar();
  }

  function mute() {
    still = !still;
    talk.quiet(mic, still);
    send({ quiet: still });
    bar();
  }

  function save(less) {
    saving = less;
    for (const field of view.all("[data-saving]")) field.checked = less;
    if (!talk) return;
    send({ saving });
    talk.save(saving || theySave);
  }

  function track(one) {
    if (one.kind === "video") return screen.track(one);
    view.at("audio").srcObject = new MediaStream([one]);
    view
      .at("audio")
      .play()
      .catch(() => {});
  }

  function stands(now) {
    clearTimeout(lost);
    const was = state;
    state = now === "connected" ? now : was && "broken";
    if (!["connected", "closed"].includes(now)) lost = setTimeout(() => call && end("lost"), PATIENCE);
    bar();
    if (state !== was && state) view.say(state === "broken" ? words.broken : view.at("[data-hears]").textContent);
  }

  function heard(data) {
    if ("description" in data || "candidate" in data) return talk.heard(data);
    if ("quiet" in data) theirs = data.quiet;
    else if ("saving" in data) {
      theySave = data.saving;
      talk.save(saving || theySave);
    } else screen.heard(data);
    bar();
  }

  // Who hears and who sees, at the head of the page.
  function bar() {
    if (view.shown !== "on") return;
    const heard = !mic ? words.notYet : still ? words.youAreNot : words.youAre;
    const hears = theirs === undefined ? "" : theirs ? words.theyAreNot : words.theyAre;
    const sight =
      { mine: words.seen, theirs: words.seeing, invited: words.invites, begged: words.begs }[screen.state] ?? "";
    const text =
      { connected: [heard, hears, sight].filter(Boolean).join(" "), broken: words.broken }[state] ?? words.opening;
    view.at("[data-hears] span").textContent = view.fill(text);
    view.at(".call-bar").classList.toggle("seen", screen.state === "mine");
    const button = view.at("[data-do=mute]");
    button.hidden = !mic;
    button.querySelector("span").textContent = still ? words.unmute : words.mute;
    screen.bar();
  }

  // ---- its end -------------------------------------------------------------------------------------------------

  function end(why = "hung_up") {
    ask("end", { id: call.id }).catch(() => {});
    finish(why, true);
  }

  // Everything that was captured ends here.
  function finish(why, again) {
    over.add(call.id);
    clearTimeout(lost);
    mic?.stop();
    screen.stop();
    screen.forget();
    talk?.close();
    view.at("audio").srcObject = null;
    [mic, talk, call, theirs] = [];
    [still, mine, theySave, opening, state, early, said] = [false, false, false, false, "", [], {}];
    view.over(words.ended[why] ?? words.ended.hung_up, again);
  }

  // Who leaves the page or turns to another one is heard and seen no more. A question of the browser may hide it too.
  const hidden = () => document.hidden && talk && !questions && end("hidden");
  document.addEventListener("visibilitychange", hidden);
  addEventListener("pagehide", () => call && mine && end("hidden"));

  line.on("signal", (event) => {
    if (event.room !== room || event.id !== call?.id || !(mine || event.id === agreeing)) return;
    if (talk) heard(event.data);
    else early.push(event.data);
  });

  // A new line after the old one broke: the call goes on over it, if it still stands.
  line.on("connect", async () => {
    if (!call) return;
    const { id } = call;
    const answer = mine ? await ask("resume", { id }).catch(() => ({})) : await facts().catch(() => ({}));
    if (call?.id !== id) return;
    if (!mine) {
      if ("call" in answer && answer.call?.state !== "asked") close();
    } else if (answer.ok) {
      told(answer.call);
      talk?.again();
      for (const data of [said.quiet, said.saving, said.sharing]) if (data) send(data); // of all that may have been lost
    } else if (answer.error) finish(answer.error === "over" ? "lost" : answer.error, true);
  });

  const acts = {
    ask: ring,
    accept,
    decline,
    close,
    mute,
    retry: microphone,
    again: begin,
    end: () => end(),
    ...screen.acts,
  };

  return { ask: begin, told };
}
