// Formulas in a room: the keypad is fetched when it is opened, and a new message gets its formulas from its own page.

const { room } = document.querySelector("main.room").dataset;

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

new MutationObserver((changes) => {
  for (const item of changes.flatMap((change) => [...change.addedNodes])) {
    const text = item.dataset?.seq && item.querySelector(".text");
    if (text && !text.dataset.typed && text.textContent.includes("\\("))
      import("rooms/messages/message-actions.js").then((acts) => acts.card(item, room)).catch(() => {});
  }
}).observe(document.getElementById("messages"), { childList: true });
