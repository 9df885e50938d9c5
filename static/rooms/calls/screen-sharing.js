// A screen beside the voice: one side offers or asks, the other agrees, and only then does the one who shows it choose what
// is captured. Who has not agreed to look sees nothing, whatever the other side sends.

import { able, capture, mark, pointing, unmark } from "rooms/calls/shared-screen.js";

const CHOOSE = ["begged", "choosing"]; // what is captured here

// `call` gives: send(data), talk() (the connection), busy(promise) (a question of the browser), bar() (show anew).
export function sharing({ view, words, call }) {
  let state = "none"; // waiting, invited, begged, choosing, mine, theirs
  let agreed = false; // that the other side sees this screen
  let picture; // the track that is captured here
  let own = false; // and whether it is this very page; or, of the other side's, whether it can be pointed at
  let remote; // the track of the other side

  function turn(to, text = "") {
    const focused = view.within(view.at("#call-screen"));
    state = to;
    const line = view.at("[data-screen-says]");
    line.textContent = view.fill(text);
    line.hidden = !text;
    call.bar();
    if (text) view.say(text);
    if (focused) (view.at(`[data-screen~=${to}] :is([tabindex], button)`) ?? view.at("[data-do=screen]")).focus();
  }

  // Bring it into sight, where nobody writes.
  function find() {
    if (!document.activeElement?.matches("input, textarea, select"))
      view.at("#call-screen").scrollIntoView({ block: "nearest" });
  }

  function wait(what, text = words.wait) {
    call.send({ screen: what });
    turn("waiting", text);
  }

  // No screen any more on this side; `tell` says so to the other.
  function stop(text = "", tell = false) {
    if (tell) call.send(picture ? { sharing: { on: false, own } } : { screen: "stop" });
    picture?.stop();
    if (picture) call.talk()?.hide();
    picture = undefined;
    own = agreed = false;
    unmark();
    if (!view.shown) return;
    view.at("video").srcObject = null;
    view.at("[data-do=screen]").ariaExpanded = String(Boolean(text));
    turn("none", text);
  }

  async function share(here) {
    let got;
    try {
      got = await call.busy(capture(here));
    } catch (error) {
      if (CHOOSE.includes(state) && error.name !== "NotAllowedError") turn(state, words.screenFailed);
      return;
    }
    if (!call.talk() || !CHOOSE.includes(state)) return got.track.stop();
    picture = got.track;
    picture.addEventListener("ended", () => picture === got.track && stop(words.screenOver, true)); // the browser's own stop
    own = got.own();
    await call.talk().show(picture);
    call.send({ sharing: { on: true, own } });
    turn("mine");
    view.say(words.seen);
  }

  function look() {
    if (state !== "theirs" || !remote) return;
    view.at("video").srcObject = new MediaStream([remote]);
    view
      .at("video")
      .play()
      .catch(() => {});
  }

  const asked = {
    offer() {
      if (state === "none") turn("invited");
    },
    ask() {
      if (state !== "none") return;
      if (!able()) return call.send({ screen: "unable" });
      turn("begged");
    },
    yes: () => state === "waiting" && agreed && turn("choosing", words.willSee),
    no: () => state === "waiting" && stop(words.screenNo),
    unable: () => state === "waiting" && stop(words.screenUnable),
    stop: () => state !== "none" && stop(["mine", "theirs"].includes(state) ? words.screenOver : ""),
  };

  return {
    stop,
    get state() {
      return state;
    },
    built(box) {
      box.querySelector("[data-able]").hidden = !able();
      box.querySelector("[data-unable]").hidden = able();
      box.querySelector("[data-do=picture]").hidden = !document.getElementById("add-picture");
      pointing(box.querySelector(".call-stage"), box.querySelector(".call-cursor"), (point) => call.send({ point }));
    },
    track(one) {
      remote = one;
      look();
    },
    forget() {
      [remote, state] = [undefined, "none"];
    },
    heard({ screen, sharing: now, point }) {
      if (screen) {
        const before = state;
        asked[screen]?.();
        const question = state !== before && { invited: words.invites, begged: words.begs }[state];
        if (question) view.say(question);
      } else if (now?.on && state === "waiting" && !agreed) {
        own = now.own;
        turn("theirs");
        look();
        find();
        view.say(words.seeing);
      } else if (now && !now.on && state === "theirs") stop(words.screenOver);
      else if (point && picture && own)
        view.say(words.points.replace("{what}", mark(point, words.kinds) || words.somewhere));
    },
    // What of the panel says how it stands.
    bar() {
      const way = view.at("[data-do=screen]");
      way.querySelector("span").textContent = { mine: words.unshare, theirs: words.unwatch }[state] ?? words.screen;
      for (const part of view.all("[data-screen]")) part.hidden = !part.dataset.screen.split(" ").includes(state);
      const open = state !== "none" || way.ariaExpanded === "true";
      way.ariaExpanded = String(open);
      view.at("#call-screen").hidden = !open;
      view.at(".call-stage").toggleAttribute("data-own", own && state === "theirs");
      view.at("[data-what=mine]").textContent = view.fill(own ? words.ownShown : words.otherShown);
      view.at("[data-what=theirs]").textContent = view.fill(own ? words.canPoint : words.cannotPoint);
    },
    acts: {
      screen() {
        if (state === "mine" || state === "theirs") return stop("", true);
        const way = view.at("[data-do=screen]");
        if (state === "none") way.ariaExpanded = String(way.ariaExpanded !== "true");
        view.at("[data-screen-says]").hidden = state === "none";
        call.bar();
        find();
      },
      offer() {
        agreed = true;
        wait("offer");
      },
      want() {
        agreed = false;
        wait("ask");
      },
      watch() {
        agreed = false;
        wait("yes", words.waitChoice);
      },
      refuse() {
        call.send({ screen: "no" });
        stop();
      },
      unscreen: () => stop("", true),
      "share-here": () => share(true),
      "share-other": () => share(false),
      picture: () => document.getElementById("add-picture").click(),
      size(button) {
        const large = view.at(".call-stage").classList.toggle("large");
        button.ariaPressed = String(large);
        button.textContent = large ? words.fit : words.full;
      },
    },
  };
}
