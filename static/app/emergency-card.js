// Whom to call in danger, also without a network: this page's card is kept on the device, with the duty phone that was
// seen last, and static/app/service-worker.js shows it when a page cannot be had. Nothing else is kept, and nothing of a person.

const KEPT = "emergency"; // static/lessons/offline/saved-items.js leaves the worker alone while it is there
const PAGE = "/lessons/offline";
const DUTY = "/duty.json";
const DAY = 86_400_000;

const cards = () =>
  [...document.querySelectorAll("[data-duty]")].map((one) => [one.getAttribute("href"), one.dataset.duty]);

async function keep() {
  const cache = await caches.open(KEPT);
  const seen = cards();
  if (seen.length) await cache.put(DUTY, new Response(JSON.stringify(seen)));
  const old = await cache.match(PAGE);
  if (!old || Date.now() - new Date(old.headers.get("Date")) > DAY) {
    const page = await fetch(PAGE, { credentials: "omit" });
    if (page.ok) await cache.put(PAGE, page);
    await cache.add(import.meta.url);
  }
  await navigator.serviceWorker.register("/worker.js");
}

async function show(list) {
  const kept = await caches.match(DUTY, { cacheName: KEPT });
  for (const [href, who] of kept ? await kept.json() : []) {
    if (!/^tel:\+?\d+$/.test(href)) continue;
    const [item, link, number, words] = ["li", "a", "b", "span"].map((tag) => document.createElement(tag));
    number.textContent = href
      .replace("tel:", "")
      .replace("+84", "0")
      .replace(/^(.{4})(.{3})/, "$1 $2 ");
    words.textContent = who;
    link.href = href;
    link.append(number, " ", words);
    item.append(link);
    list.append(item);
  }
}

// How many messages wait on this device to be sent, of who has signed in here (static/rooms/outbox.js).
async function unsent(line) {
  const who = localStorage.getItem("lessons.who");
  if (!who || !(await indexedDB.databases()).some(({ name }) => name === "cunghoc-rooms")) return;
  const asked = indexedDB.open("cunghoc-rooms");
  await new Promise((done, failed) => ([asked.onsuccess, asked.onerror] = [done, failed]));
  const all = asked.result.transaction("unsent").objectStore("unsent").getAll();
  await new Promise((done) => (all.onsuccess = done));
  const count = all.result.filter(({ me }) => me === who).length;
  asked.result.close();
  line.textContent = line.dataset.unsent.replace("{n}", count);
  line.hidden = !count;
}

if ("serviceWorker" in navigator && "caches" in globalThis) {
  if (document.querySelector("[data-offline]")) {
    show(document.querySelector(".emergency ul")).catch(() => {});
    unsent(document.querySelector("[data-unsent]")).catch(() => {});
  } else {
    // The page itself comes first. The device may keep nothing for this site, or there is no network.
    const later = () => (globalThis.requestIdleCallback ?? setTimeout)(() => keep().catch(() => {}));
    if (document.readyState === "complete") later();
    else addEventListener("load", later);
  }
}
