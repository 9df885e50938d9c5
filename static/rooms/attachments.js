// A picture or a voice note on its way to the room: sent, or visibly not sent.

let room; // what show.js lends: its words, its list, its ways to ask and to tell
let waiting; // what was chosen or spoken and has not arrived, by its id

export function lend(...what) {
  [room, waiting] = what;
}

// `one` has: client_id, text, blob; `to`, the end of the address; draw(), the element that shows it.
export function submit(one) {
  waiting.set(one.client_id, one);
  room.remember(one.client_id, one.text);
  if (one.failed) draw(one);
  else send(one);
  room.toEnd();
}

async function send(one) {
  one.failed = "";
  one.lost = false;
  draw(one);
  const body = new FormData();
  body.append("client_id", one.client_id);
  body.append("text", one.text);
  if (one.confirm) body.append("confirm", "1");
  body.append("file", one.blob, "file");
  const headers = { Accept: "application/json", "X-CSRFToken": room.csrf };
  let answer;
  try {
    answer = await (await fetch(`/rooms/${room.id}/${one.to}`, { method: "POST", headers, body })).json();
  } catch {
    one.lost = true; // the network, perhaps after it arrived: the same id makes sending it again harmless
  }
  if (answer?.ok) return room.arrived(one.client_id, answer);
  if (answer && room.refused(answer)) return;
  one.failed = answer?.say || room.words.notSent;
  one.confirm = answer?.error === "confirm";
  draw(one);
}

addEventListener("online", () => {
  for (const one of waiting.values()) if (one.lost && one.failed) send(one);
});

addEventListener("beforeunload", (event) => {
  for (const one of waiting.values()) if (!one.kept) event.preventDefault();
});

function draw(one) {
  if (!waiting.has(one.client_id)) return;
  const { make, button, words, list } = room;
  const made = make("li", `msg mine ${one.failed ? "failed" : "wait"}`);
  if (!one.failed) made.setAttribute("aria-live", "off");
  made.id = `w${one.client_id}`;
  made.append(one.draw());
  if (one.text) made.append(make("p", "text", one.text));
  const state = make("p", "state", one.failed || words.sending);
  if (one.failed) {
    state.append(button(one.confirm ? words.anyway : words.again, () => send(one)));
    state.append(button(words.drop, () => room.settle(one.client_id)));
  }
  made.append(state);
  const old = document.getElementById(made.id);
  if (old) old.replaceWith(made);
  else list.append(made);
}
