// The button that prints a handout; without scripts the browser's own menu does it.
for (const row of document.querySelectorAll("[data-print]")) {
  row.hidden = false;
  row.querySelector("button").addEventListener("click", () => window.print());
}
