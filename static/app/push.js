// The part of a page that switches notices on for this very device (templates/notifications/channels/_push.html): says
// how it stands here, and what to do where it cannot be. What the server sends then is shown by
// static/app/service-worker.js.

const box = document.getElementById("push");
const csrf = document.querySelector("meta[name=csrf]")?.content;
const agent = navigator.userAgent;

// Browsers inside of other apps have the words but no push service behind them.
const inside = /Zalo|FBAN|FBAV|FB_IAB|Instagram|MicroMessenger|Line\//.test(agent);
const apple = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);
const atHome = navigator.standalone || matchMedia("(display-mode: standalone)").matches;
const able = "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const same = (a, b) => a && a.byteLength === b.length && new Uint8Array(a).every((byte, n) => byte === b[n]);

function show(state, can = ["off", "on"].includes(state) && state) {
  for (const one of box.querySelectorAll("[data-push]")) one.hidden = one.dataset.push !== state;
  for (const one of box.querySelectorAll("[data-push-turn]")) one.hidden = one.dataset.pushTurn !== can;
}

const held = async () => (await navigator.serviceWorker.getRegistration("/"))?.pushManager.getSubscription();

async function state() {
  if (inside) return "inside";
  if (apple && !atHome) return "apple";
  if (!able) return "cannot";
  if (Notification.permission === "denied") return "denied";
  return "held" in box.dataset && (await held()) && Notification.permission === "granted" ? "on" : "off";
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return state();
  const key = bytes(box.dataset.key);
  await navigator.serviceWorker.register("/worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  if (old && !same(old.options.applicationServerKey, key)) await old.unsubscribe(); // the site has a new key
  const place = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = place.toJSON();
  const answer = await fetch(box.dataset.on, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ endpoint, keys }),
  });
  if (!answer.ok) throw new Error(answer.status);
  box.dataset.held = "";
  return "on";
}

if (box && !("shared" in box.dataset)) {
  const button = box.querySelector("[data-push-switch]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    const now = await turnOn().catch(() => "failed");
    button.disabled = false;
    show(now, now === "failed" ? "off" : undefined);
  });
  box.querySelector("[data-push-off]").addEventListener("submit", async (event) => {
    event.preventDefault();
    await held()
      .then((place) => place?.unsubscribe())
      .catch(() => {}); // the server forgets it all the same
    event.target.submit();
  });
  state().then(
    (now) => show(now),
    () => show("cannot"),
  );
}
