// Counts down what stands on the page as plain text: how long an offer is kept for this helper. The region is replaced
// when the server says that something changed, so the number is looked for anew each second.

let shown;
let end;

setInterval(() => {
  const part = document.querySelector(".countdown[data-left]");
  if (!part) return;
  if (part !== shown) [shown, end] = [part, Date.now() + 1000 * Number(part.dataset.left)];
  const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
  const text = part.textContent.replace(/\d+/, String(left));
  if (text !== part.textContent) part.textContent = text;
}, 1000);
