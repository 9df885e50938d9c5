// Formulas in a room: the keypad is fetched when it is opened.

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("#add-maths");
  if (!link) return;
  event.preventDefault();
  try {
    (await import(link.dataset.script)).open(link);
  } catch {
    location.assign(link.href); // no network: the help page may lie on the device
  }
});
