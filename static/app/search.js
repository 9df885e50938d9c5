// The key / goes to the search box, unless somebody is typing or has switched it off on this device (WCAG 2.1.4).

const OFF = "search-key-off";
const TYPES = "input, textarea, select, [contenteditable], [role=textbox]";

const isOff = () => {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
};

export function pressed(event) {
  if (
    event.key !== "/" ||
    event.ctrlKey ||
    event.altKey ||
    event.metaKey ||
    event.isComposing ||
    event.defaultPrevented
  )
    return;
  if (event.target.closest?.(TYPES) || document.querySelector("dialog[open]") || isOff()) return;
  event.preventDefault();
  const box = document.querySelector("#main [role=search] input[type=search]");
  if (box) {
    box.focus();
    box.select();
  } else location.assign(document.querySelector("a[data-search]")?.href ?? "/search");
}

document.addEventListener("keydown", pressed);

const choice = document.querySelector("[data-search-key]");
if (choice) {
  const box = choice.querySelector("input");
  box.checked = !isOff();
  box.addEventListener("change", () => {
    try {
      if (box.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    } catch {
      box.checked = true; // this device keeps nothing: the key stays on
    }
  });
  choice.hidden = false;
}
const arrived = document.querySelector("input[type=search][data-arrive]");
if (arrived && !arrived.value) arrived.focus();
