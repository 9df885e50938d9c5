// One key instead of one button: only while something inside a part marked with data-keys has the focus, and never
// while somebody types. The keys stand on the buttons themselves (data-key); j and k go to the next part and back.

const parts = () => [...document.querySelectorAll("[data-keys]")];
const first = (part) => part.querySelector("a[href], button:not([disabled])");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.matches("input, textarea, select, [contenteditable]")) return;
  const part = event.target.closest?.("[data-keys]");
  if (!part) return;
  const way = { j: 1, k: -1 }[event.key];
  if (way) {
    const all = parts();
    const next = all[all.indexOf(part) + way];
    if (next) {
      event.preventDefault();
      first(next)?.focus();
      next.scrollIntoView({ block: "nearest" });
    }
    return;
  }
  const button = part.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (button) {
    event.preventDefault();
    button.click();
  }
});

// Without this script there are no keys, so nothing says that there are; nor on what has no keyboard by itself, nor where
// nothing waits.
if (matchMedia("(hover: hover)").matches && parts().length)
  for (const hint of document.querySelectorAll("[data-keys-hint]")) hint.hidden = false;
