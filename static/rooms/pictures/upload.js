// A picture for a room: chosen, made small on this device, looked at once more, then sent (attachments.js).

import * as attachments from "rooms/attachments.js";

const LARGEST = 1600;
const QUALITY = 0.85;
let room; // what show.js lends: its words, its list, its ways to ask and to tell
let own; // our pictures as this device knows them, by the id of their message
let element; // draws a picture in the talk

export function lend(...what) {
  let waiting;
  [room, waiting, own, element] = what;
  attachments.lend(room, waiting);
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
  const { words } = room;
  shut();
  own.set(one.client_id, one);
  attachments.submit({
    ...one,
    to: "pictures",
    draw: () => element(one, one.text || words.pictureOf.replace("{name}", words.you)),
  });
}
