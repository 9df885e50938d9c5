// Pictures and voice notes in a room. What chooses and sends them (upload.js, recorder.js) and what shows pictures large
// (viewer.js) comes when it is asked for.

const waiting = new Map(); // what was chosen or spoken and has not arrived, by its id
const own = new Map(); // our pictures as this device knows them, by the id of their message
let room; // what show.js lends: its words, its list, its ways to ask and to tell

export function start(lent) {
  room = lent;
}

// The picture of one of our own messages, which pushes leave out while it waits for a watcher.
export const mine = (clientId) => own.get(clientId);

// A picture in the talk, from the page's sample. What is drawn over it comes with the next reading of the page.
export function element(picture, alt) {
  const box = document.getElementById("samples").content.querySelector(".marked").cloneNode(true);
  const [link, image, layer, under] = ["a.shot", "img", "svg.marks", ".under"].map((one) => box.querySelector(one));
  link.href = picture.url;
  Object.assign(image, { width: picture.width, height: picture.height, alt, src: picture.url });
  if (picture.url.startsWith("blob:")) {
    layer.remove();
    under.remove();
    return box;
  }
  const number = picture.url.split("/").at(-1);
  layer.id = `layer-${number}`;
  layer.setAttribute("viewBox", `0 0 ${picture.width} ${picture.height}`);
  under.id = `under-${number}`;
  const mark = under.querySelector("a.mark");
  if (mark) mark.href = `${picture.url}/marks`;
  room.renew();
  return box;
}

// What is drawn over the pictures of this page: the parts of it that another reading of the page may change.
export const layers = () => [...document.querySelectorAll("svg.marks[id], .under[id]")].map((part) => part.id);

// ---- sending ---------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = event.target.closest?.(
    "#add-picture, #add-voice, #add-phrase, #picture [data-drop], a.shot, a.mark[data-draw]",
  );
  if (!target || !room) return;
  event.preventDefault();
  if (target.matches("a.shot, a.mark")) return enlarge(target.closest(".marked").querySelector("a.shot"), target);
  if (target.matches("#add-voice")) return recorder((it) => it.open());
  if (target.matches("#add-phrase")) return lendTo(import(target.dataset.script), (it) => it.open(target));
  if (target.matches("#add-picture")) document.getElementById("picture-file").click();
  sender((it) => target.matches("[data-drop]") && it.shut());
});

document.addEventListener("change", (event) => {
  if (event.target.id === "picture-file" && room) sender((it) => it.choose(event.target));
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "picture" || !room) return;
  event.preventDefault();
  sender((it) => it.submit());
});

const sender = (act) => lendTo(import("rooms/pictures/upload.js"), act);
export const recorder = (act) => lendTo(import("rooms/voice_notes/recorder.js"), act);

async function lendTo(script, act) {
  try {
    const it = await script;
    it.lend(room, waiting, own, element);
    await act(it);
  } catch {
    room.tell(room.words.notSent); // the network is away
  }
}

// A message has arrived, or was given up: nothing of it waits any more.
export function settle(clientId) {
  return waiting.delete(clientId);
}

// ---- large -----------------------------------------------------------------------------------------------

let large; // comes when somebody opens a picture

async function enlarge(link, opener) {
  try {
    large = await import("rooms/pictures/viewer.js");
    large.open(link, opener, room);
  } catch {
    location.assign(link.href); // the network went away meanwhile
  }
}

// What is open large shows what the talk shows.
export const mirror = () => large?.mirror();
