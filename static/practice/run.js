// The card of the made-up person stands open where there is room, and stays as it was left on the next screen.
const card = document.querySelector("[data-persona]");
if (card) {
  const kept = sessionStorage.getItem("persona");
  card.open = kept ? kept === "open" : matchMedia("(min-width: 56rem)").matches;
  card.querySelector("summary").addEventListener("click", () => {
    sessionStorage.setItem("persona", card.open ? "closed" : "open");
  });
}
