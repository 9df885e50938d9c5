// Pictures in a room: chosen, made small on this device, looked at once more, then sent; or visibly not sent.

const LARGEST = 1600;
const QUALITY = 0.85;
const waiting = new Map(); // what was chosen and has not arrived, by its id
const own = new Map(); // our pictures as this device knows them, by the id of their message
let room; // what show.js lends: its words, its list, its ways to ask and to tell

export function start(lent) {
  room = lent;
}

// The picture of one of our own messages, which pushes leave out while it waits for a watcher.
export const mine = (clientId) => own.get(clientId);

// A picture in the talk; the template rooms/_message.html draws the same. What is drawn over it, and the way to draw,
// come with the next reading of the page.
export function element(picture, alt) {
  const box = room.make("div", "marked");
  const made = room.make("a", "shot");
  made.href = picture.url;
  made.target = "_blank";
  const image = room.make("img");
  Object.assign(image, { width: picture.width, height: picture.height, alt, loading: "lazy", src: picture.url });
  made.append(image);
  box.append(made);
  if (picture.url.startsWith("blob:")) return box;
  const number = picture.url.split("/").at(-1);
  const layer = document.createElementNS(document.querySelector("svg").namespaceURI, "svg");
  layer.id = `layer-${number}`;
  layer.setAttribute("class", "marks");
  layer.setAttribute("aria-hidden", "true");
  made.append(layer);
  box.append(Object.assign(room.make("div", "under"), { id: `under-${number}` }));
  room.renew();
  return box;
}

// What is drawn over the pictures of this page: the parts of it that another reading of the page may change.
export const layers = () => [...document.querySelectorAll("svg.marks[id], .under[id]")].map((part) => part.id);

// ---- choosing --------------------------------------------------------------------------------------------

let chosen; // { blob, url, width, height } that the form shows

const form = () => document.getElementById("picture");

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("#add-picture, #picture [data-drop], a.shot, a.mark[data-draw]");
  if (!target || !room) return;
  event.preventDefault();
  if (target.matches("#add-picture")) form().elements.file.click();
  else if (target.matches("a.shot, a.mark")) enlarge(target.closest(".marked").querySelector("a.shot"), target);
  else shut();
});

document.addEventListener("change", async (event) => {
  if (event.target.id !== "picture-file" || !room) return;
  const file = event.target.files[0];
  if (!file) return;
  try {
    look(await small(file));
  } catch {
    event.target.value = "";
    room.tell(room.words.noPicture);
  }
});

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

function shut() {
  chosen = undefined;
  form().reset();
  form().classList.remove("open");
  form().querySelector(".preview").replaceChildren();
  if (location.hash === "#picture") history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("add-picture")?.focus();
}

// ---- sending ---------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  if (event.target.id !== "picture" || !room) return;
  event.preventDefault();
  if (!chosen) return form().elements.file.click();
  const one = { ...chosen, client_id: room.uuid(), text: form().elements.text.value.trim() };
  shut();
  waiting.set(one.client_id, one);
  own.set(one.client_id, one);
  room.remember(one.client_id, one.text);
  send(one);
  room.toEnd();
});

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
  for (const one of waiting.values()) if (one.lost && one.failed) { one.lost = false; send(one); }
});

addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});

// A message has arrived, or was given up: nothing of it waits any more.
export function settle(clientId) {
  return waiting.delete(clientId);
}

function draw(one) {
  if (!waiting.has(one.client_id)) return;
  const { make, button, words, list } = room;
  const made = make("li", `msg mine ${one.failed ? "failed" : "wait"}`);
  made.id = `w${one.client_id}`;
  made.append(element(one, one.text || words.pictureOf.replace("{name}", words.you)));
  if (one.text) made.append(make("p", "text", one.text));
  const state = make("p", "state", one.failed || words.pictureSending);
  if (one.failed) {
    state.append(button(one.confirm ? words.anyway : words.again, () => send(one)));
    state.append(button(words.dropPicture, () => { settle(one.client_id); document.getElementById(made.id)?.remove(); }));
  }
  made.append(state);
  const old = document.getElementById(made.id);
  if (old) old.replaceWith(made);
  else list.append(made);
}

// ---- large -----------------------------------------------------------------------------------------------

let large; // comes when somebody opens a picture

async function enlarge(link, opener) {
  try {
    large = await import(document.querySelector("main").dataset.large);
    large.open(link, opener, room);
  } catch {
    location.assign(link.href); // the network went away meanwhile
  }
}

// What is open large shows what the talk shows.
export const mirror = () => large?.mirror();
