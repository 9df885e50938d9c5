// "Tải bài về": saves a lesson or a rehearsal on this device, says how far it is, updates and removes it; and lists what
// is saved. static/app/service-worker.js serves it. Pages are saved as a visitor sees them, never as a signed-in person does.

const SHARED = "lessons"; // scripts, fonts and the page for what is not saved
const SAVED = /^(lesson|practice):([^:]+):/; // the names of caches
const PICTURE = /<img [^>]*src="(\/static\/[^"]+)"/g; // pictures of the site in a page
const start = (kind, slug) => `${kind}:${slug}:`;
const page = (kind, slug) => `/${kind === "lesson" ? "lessons" : kind}/${slug}`;
const own = (kind, slug) => `${page(kind, slug)}/keep.json`;

export const able = "serviceWorker" in navigator && "caches" in globalThis;

// ---- what is there ---------------------------------------------------------------------------------------

// The manifests of all that is saved whole.
export async function all() {
  const found = [];
  for (const one of await caches.keys()) {
    const [, kind, slug] = one.match(SAVED) ?? [];
    const held = slug && (await caches.match(own(kind, slug), { cacheName: one, ignoreVary: true }));
    if (held) found.push({ kind, ...(await held.json()) });
  }
  return found;
}

// ---- saving and removing ---------------------------------------------------------------------------------

async function get(address, lang) {
  const response = await fetch(lang ? `${address}?lang=${lang}` : address, { credentials: "omit" });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

const quoted = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

// The page, marked as a copy; with `words` in words too.
async function copy(address, { lang, words, fresh }) {
  const response = await get(address, lang);
  const text = (await response.text())
    .replace("<html ", `<html data-saved="${quoted(words?.newer ?? "")}" `)
    .replace(/<script type="module" src="[^"]*\/app\/search\.js[^"]*"><\/script>\n?/, "") // no searching without a network
    .replace("</body>", fresh ? `<script type="module" src="${quoted(fresh)}"></script></body>` : "$&")
    .replace(
      /<main\b[^>]*>/,
      (main) => main + (words ? `<div class="band info no-print"><p class="wrap">${quoted(words.copy)}</p></div>` : ""),
    );
  const headers = new Headers(response.headers);
  for (const gone of ["Content-Encoding", "Content-Length", "ETag"]) headers.delete(gone);
  return new Response(text, { headers });
}

export async function save(kind, slug, lang, tell) {
  const answer = await get(own(kind, slug), lang);
  const manifest = await answer.clone().json();
  const { pages, media, assets, offline, mark } = manifest;
  const [lesson, shared] = await Promise.all([caches.open(start(kind, slug) + mark), caches.open(SHARED)]);
  let done = 0;
  const all = pages.length + media.length + assets.length + 1;
  const step = () => tell(Math.round((100 * ++done) / all));
  for (const one of assets) {
    if (!(await shared.match(one))) await shared.put(one, await get(one));
    step();
  }
  await shared.put(offline, await copy(offline, { lang: manifest.lang }));
  step();
  for (const one of media) {
    await lesson.put(one, await get(one));
    step();
  }
  for (const one of pages) {
    const copied = await copy(one, manifest);
    for (const [, picture] of (await copied.clone().text()).matchAll(PICTURE))
      if (!(await lesson.match(picture))) await lesson.put(picture, await get(picture));
    await lesson.put(one, copied);
    step();
  }
  await lesson.put(own(kind, slug), answer); // last: from now on the copy counts
  for (const one of await caches.keys())
    if (one.startsWith(start(kind, slug)) && !one.endsWith(`:${mark}`)) await caches.delete(one);
  await navigator.serviceWorker.register("/worker.js");
  await tidy();
}

export async function remove(kind, slug) {
  for (const one of await caches.keys()) if (one.startsWith(start(kind, slug))) await caches.delete(one);
  await tidy();
}

// Shared files that nothing saved needs any more go; with the last copy everything goes.
async function tidy() {
  const kept = await all();
  if (!kept.length) {
    await caches.delete(SHARED);
    if (await caches.has("emergency")) return; // static/app/emergency-card.js: whom to call in danger
    for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
    return;
  }
  const needed = new Set(
    kept.flatMap(({ assets, offline }) => [...assets, offline]).map((one) => new URL(one, location).href),
  );
  const shared = await caches.open(SHARED);
  for (const { url } of await shared.keys()) if (!needed.has(url)) await shared.delete(url);
}

// ---- the button on the page of a lesson or rehearsal -----------------------------------------------------------------------

export async function offer(box) {
  const { kind, slug, lang, mark, get: words, update, busy, have, fresh, failed, full, gone } = box.dataset;
  const [take, drop] = box.querySelectorAll("button");
  const [label, said] = [take.querySelector("span"), box.querySelector("[role=status]")];
  const show = async (say) => {
    const held = (await all()).find((one) => one.kind === kind && one.slug === slug);
    const stale = held && held.mark !== mark;
    take.hidden = held && !stale;
    label.textContent = stale ? update : words;
    drop.hidden = !held;
    said.textContent = say ?? (stale ? fresh : held ? have : "");
    box.classList.toggle("held", Boolean(held));
  };
  const run = (act) => async () => {
    take.disabled = drop.disabled = true;
    const say = await act().catch((error) => (error.name === "QuotaExceededError" ? full : failed));
    take.disabled = drop.disabled = false;
    await show(say);
    (take.hidden ? drop : take).focus();
  };
  take.addEventListener(
    "click",
    run(() => save(kind, slug, lang, (part) => (said.textContent = busy.replace("{n}", part)))),
  );
  drop.addEventListener(
    "click",
    run(() => remove(kind, slug).then(() => gone)),
  );
  await show();
  box.hidden = false;
}

// ---- the list of what is saved ---------------------------------------------------------------------------

export async function list(section) {
  const kept = await all();
  const rows = section.querySelector("ul");
  const blank = section.querySelector("template").content.firstElementChild;
  rows.replaceChildren(
    ...kept.map(({ kind, slug, title, bytes }) => {
      const row = blank.cloneNode(true);
      const link = row.querySelector("a");
      link.href = page(kind, slug);
      link.textContent = title;
      if (bytes) row.querySelector(".meta").textContent = `${Math.ceil(bytes / 10000) * 10} kB`;
      row.querySelector("button .sr").textContent = title;
      row.querySelector("button").addEventListener("click", async () => {
        await remove(kind, slug);
        await list(section);
        section.querySelector("h2").focus();
      });
      return row;
    }),
  );
  section.hidden = !kept.length;
}
