// A picture for a room: chosen, made small on this device, looked at once more, then sent; or visibly not sent.

const LARGEST = 1600;
const QUALITY = 0.85;
let room; // what show.js lends: its words, its list, its ways to ask and to tell
let waiting; // what was chosen and has not arrived, by its id
let own; // our pictures as this device knows them, by the id of their message
let element; // draws a picture in the talk

export function lend(...what) {
  [room, waiting, own, element] = what;
}

// ---- choosing --------------------------------------------------------------------------------------------

let chosen; // { blob, url, width, height } that the form shows

const form = () => document.getElementById("picture");

export async function choose(field) {
  const file = field.files[0];
  if (!file) return;
  try {
    look(await small(file));
  } catch {
    field.value = "";
    room.tell(room.words.noPicture);
  }
}

// The picture on white, no larger than it is shown, drawn anew: where it was taken and with what stays here.
async function small(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const brush = canvas.getContext("2d");
  brush.fillStyle = "white";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  let blob = await written(canvas, "image/webp");
  if (blob?.type !== "image/webp") blob = await written(canvas, "image/jpeg"); // not every browser writes WEBP
  if (!blob) throw new Error("no picture came of it");
  return { blob, url: URL.createObjectURL(blob), width: canvas.width, height: canvas.height };
}

const written = (canvas, type) => new Promise((done) => canvas.toBlob(done, type, QUALITY));

function look(picture) {
  if (chosen) URL.revokeObjectURL(chosen.url);
  chosen = picture;
  const image = room.make("img");
  image.src = picture.url;
  image.alt = "";
  const preview = form().querySelector(".preview");
  preview.replaceChildren(image);
  preview.hidden = false;
  form().classList.add("open");
  form().querySelector("button").focus(); // not the words: a keyboard would cover the picture
}

export function shut() {
  chosen = undefined;
  form().reset();
  form().classList.remove("open");
  form().querySelector(".preview").replaceChildren();
  if (location.hash === "#picture") history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("add-picture")?.focus();
}

// ---- sending ---------------------------------------------------------------------------------------------

export function submit() {
  if (!chosen) return form().elements.file.click();
  const one = { ...chosen, client_id: room.uuid(), text: form().elements.text.value.trim() };
  shut();
  waiting.set(one.client_id, one);
  own.set(one.client_id, one);
  room.remember(one.client_id, one.text);
  send(one);
  room.toEnd();
}

async function send(one) {
  one.failed = "";
  draw(one);
  const body = new FormData();
  body.append("client_id", one.client_id);
  body.append("text", one.text);
  if (one.confirm) body.append("confirm", "1");
  body.append("file", one.blob, "anh");
  const headers = { Accept: "application/json", "X-CSRFToken": room.csrf };
  let answer;
  try {
    answer = await (await fetch(`/rooms/${room.id}/pictures`, { method: "POST", headers, body })).json();
  } catch {
    one.lost = true; // the network, perhaps after it arrived: the same id makes sending it again harmless
  }
  if (answer?.ok) return room.arrived(one.client_id, answer);
  if (answer && room.refused(answer)) return;
  one.failed = answer?.say || room.words.pictureUnsent;
  one.confirm = answer?.error === "confirm";
  draw(one);
}

addEventListener("online", () => {
  for (const one of waiting.values())
    if (one.lost && one.failed) {
      one.lost = false;
      send(one);
    }
});

addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});

function draw(one) {
  if (!waiting.has(one.client_id)) return;
  const { make, button, words, list } = room;
  const made = make("li", `msg mine ${one.failed ? "failed" : "wait"}`);
  if (!one.failed) made.setAttribute("aria-live", "off");
  made.id = `w${one.client_id}`;
  made.append(element(one, one.text || words.pictureOf.replace("{name}", words.you)));
  if (one.text) made.append(make("p", "text", one.text));
  const state = make("p", "state", one.failed || words.pictureSending);
  if (one.failed) {
    state.append(button(one.confirm ? words.anyway : words.again, () => send(one)));
    state.append(
      button(words.dropPicture, () => {
        waiting.delete(one.client_id);
        document.getElementById(made.id)?.remove();
      }),
    );
  }
  made.append(state);
  const old = document.getElementById(made.id);
  if (old) old.replaceWith(made);
  else list.append(made);
}
