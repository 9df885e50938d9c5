// A screen that is shown, and pointing at it. What is pointed at is marked on the page of whoever shows it and said in
// words; nothing is ever pressed there.

const STAYS = 5000; // ms
const NAMED =
  "button, a[href], summary, label, input, select, textarea, h1, h2, h3, figcaption, li, p, img, [aria-label]";
const STEP = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const media = navigator.mediaDevices;
const handle = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36)).join("");

export const able = () => Boolean(media?.getDisplayMedia);

// Ask the browser for this very page, or for another window; it asks the person which. Says whether it is this page, which
// can be marked. The whole screen is not offered: it holds what nobody means to show.
export async function capture(here) {
  media.setCaptureHandleConfig?.({ handle, exposeOrigin: true, permittedOrigins: [location.origin] });
  const what = here
    ? { preferCurrentTab: true, selfBrowserSurface: "include" }
    : { selfBrowserSurface: "exclude", monitorTypeSurfaces: "exclude" };
  const stream = await media.getDisplayMedia({
    video: { frameRate: { max: 5 } },
    audio: false,
    surfaceSwitching: "exclude",
    ...what,
  });
  const [track] = stream.getVideoTracks();
  track.contentHint = "detail";
  return { track, own: () => track.getCaptureHandle?.()?.handle === handle };
}

// ---- on the page that is shown -------------------------------------------------------------------------------

// What an element is called, as far as that can be told without reading what somebody typed.
function called(element, kinds) {
  const one = element?.closest(NAMED);
  if (!one || one.matches("main, body")) return "";
  const by = one
    .getAttribute("aria-labelledby")
    ?.split(/\s+/)
    .map((id) => document.getElementById(id)?.textContent)
    .join(" ");
  const written = one.matches("input, select, textarea")
    ? one.labels?.[0]?.textContent || one.placeholder
    : one.alt || one.textContent;
  const name = (one.getAttribute("aria-label") || by || written || "").replace(/\s+/g, " ").trim();
  const kind = kinds.find(([selector]) => one.matches(selector))?.[1];
  return name && `${kind ? `${kind} ` : ""}“${name.length > 80 ? `${name.slice(0, 80)}…` : name}”`;
}

let marked;

// Mark a place of this page for some seconds, and say what stands there.
export function mark({ x, y }, kinds) {
  const [left, top] = [x * innerWidth, y * innerHeight];
  marked?.remove();
  const what = called(document.elementFromPoint(Math.min(left, innerWidth - 1), Math.min(top, innerHeight - 1)), kinds);
  marked = Object.assign(document.createElement("div"), { className: "call-mark", ariaHidden: "true" });
  Object.assign(marked.style, { left: `${left}px`, top: `${top}px` });
  document.body.append(marked);
  const mine = marked;
  setTimeout(() => mine.remove(), STAYS);
  return what;
}

export const unmark = () => marked?.remove();

// ---- beside the picture --------------------------------------------------------------------------------------

// Let somebody point at a picture with a finger, a mouse or keys; `point` gets parts of its width and height.
export function pointing(stage, cursor, point) {
  let at; // of the cursor that keys move
  const put = (x, y) => {
    Object.assign(cursor.style, { left: `${x * 100}%`, top: `${y * 100}%` });
    cursor.hidden = false;
  };
  const within = (value) => Math.min(1, Math.max(0, value));
  let fading;
  const send = (x, y) => {
    put(x, y);
    clearTimeout(fading);
    if (!at) fading = setTimeout(() => (cursor.hidden = true), STAYS);
    point({ x: Math.round(x * 1000) / 1000, y: Math.round(y * 1000) / 1000 });
  };
  stage.addEventListener("click", (event) => {
    if (!("own" in stage.dataset)) return;
    const box = stage.querySelector("video").getBoundingClientRect();
    at = undefined;
    send(within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height));
  });
  stage.addEventListener("keydown", (event) => {
    if (!("own" in stage.dataset)) return;
    const step = STEP[event.key];
    if (step) {
      const far = event.shiftKey ? 0.1 : 0.02;
      at ??= [0.5, 0.5];
      at = [within(at[0] + step[0] * far), within(at[1] + step[1] * far)];
      put(...at);
    } else if (event.key === "Enter" && at) send(...at);
    else if (event.key === "Escape" && at) {
      at = undefined;
      cursor.hidden = true;
    } else return;
    event.preventDefault();
  });
}
