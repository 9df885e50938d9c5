// One key instead of one button. On a page with a list (data-list) j and k go through its rows from the start, and keys
// press the buttons of what is open beside it (data-key); on other pages keys work only inside a part marked with
// data-keys that has the focus. Never while somebody types, and not at all where they are switched off on this device
// (WCAG 2.1.4).

import { busy, refresh } from "app/live-regions.js";

const OFF = "desk-keys-off";
const RETURN = "desk-return";
const TYPES = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=textbox]";

const help = document.getElementById("keys");
const say = document.querySelector("[data-keys-say]");
const pane = () => document.querySelector("[data-address][data-live]");
const rows = () => [...document.querySelectorAll("[data-list] .cover")];
const open = () => document.querySelector("[data-list] [aria-current]");
const shown = (element) => element?.checkVisibility?.() ?? Boolean(element?.offsetParent);

const kept = (storage, key) => {
  try {
    return storage.getItem(key);
  } catch {
    return null; // the browser keeps nothing for this site
  }
};
const keep = (storage, key, value) => {
  try {
    if (value) storage.setItem(key, value);
    else storage.removeItem(key);
    return true;
  } catch {
    return false;
  }
};
const isOff = () => kept(localStorage, OFF) === "1";

// ---- the list ----------------------------------------------------------------------------------------------

let loading = false;

// What a row leads to is put beside the list, unless something was typed there. Keys wait until it has come.
async function show(row) {
  const address = row.dataset.address ?? row.getAttribute("href");
  if (loading || !shown(pane()) || row.matches("[aria-current]") || busy(pane())) return;
  loading = true;
  const before = location.href;
  history.replaceState(null, "", address);
  try {
    await refresh([pane().id, row.closest("[data-live]").id], () => false);
    loading = false;
    const now = document.activeElement;
    if (now.matches("[data-list] [aria-current]")) say.textContent = `${say.dataset.opened} ${title()}`;
    else if (now.matches("[data-list] [data-address]")) show(now); // somebody went on meanwhile
  } catch {
    loading = false;
    history.replaceState(null, "", before); // without a network the old one stays open
  }
}

const title = () => pane()?.querySelector("h2")?.textContent ?? "";

function step(way) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (open() ?? all[0]) : all[at + way];
  if (!next) return;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  if (next.dataset.address) show(next);
}

// Keys act on what is open. From another row they would reach something else than the one in view.
function target(key) {
  const part = document.activeElement?.closest("[data-keys]");
  const named = `[data-key="${CSS.escape(key)}"]:not([disabled])`;
  if (part) return part.querySelector(named);
  const beside = pane();
  if (!beside || loading) return null;
  const row = document.activeElement?.closest("[data-list] .line")?.querySelector(".cover");
  const button = shown(beside) && beside.querySelector(named);
  if (button && row && !row.matches("[aria-current]")) {
    say.textContent = say.dataset.first;
    return null;
  }
  return button;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest?.(TYPES) || document.querySelector("dialog[open]") || isOff()) return;
  const way = { j: 1, k: -1 }[event.key];
  const button = event.key === "u" ? document.querySelector("[data-undo]") : target(event.key);
  if (way && rows().length) step(way);
  else if (event.key === "?" && help) help.showModal();
  else if (button) button.click();
  else return;
  event.preventDefault();
});

// ---- after a decision the list is where one goes on ------------------------------------------------------------

document.addEventListener("submit", (event) => {
  if (event.target.closest("[data-address][data-live], [data-list]") || event.submitter?.matches("[data-undo]"))
    keep(sessionStorage, RETURN, location.pathname);
});
if (kept(sessionStorage, RETURN)) {
  const back = kept(sessionStorage, RETURN) === location.pathname;
  keep(sessionStorage, RETURN, "");
  const heading = pane()?.querySelector("h2");
  if (back && shown(open())) open().focus();
  else if (back && shown(heading)) {
    heading.tabIndex = -1;
    heading.focus();
  }
}

// Another one that becomes the first must not take the place of what is open: from now on its address names it.
if (pane() && shown(pane()) && rows().length) history.replaceState(null, "", pane().dataset.address);

// ---- help, and the switch ------------------------------------------------------------------------------------------

// The list may have been renewed behind the help: the row that had the focus is then another element.
help?.addEventListener("close", () => {
  const now = document.activeElement;
  if ((now === document.body || help.contains(now)) && shown(open())) open().focus();
});

const box = help?.querySelector("[data-keys-on]");
if (box) {
  box.checked = !isOff();
  box.addEventListener("change", () => {
    if (!keep(localStorage, OFF, box.checked ? "" : "1")) box.checked = true;
  });
}

// Without this script there are no keys, so nothing says that there are; nor on what has no keyboard by itself.
if (matchMedia("(hover: hover)").matches) {
  for (const hint of document.querySelectorAll("[data-keys-hint], [data-keys-help]")) hint.hidden = false;
  document.querySelector("[data-keys-help] button")?.addEventListener("click", () => help.showModal());
}
