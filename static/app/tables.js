// Ticking many rows of a table: all of the page, a range with Shift, and how many are ticked. Without scripts the link
// "all on this page" ticks them on the server.
for (const table of document.querySelectorAll("[data-pick]")) {
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")];
  const form = table.closest("form");
  const says = form?.querySelector("[data-pick-said]");
  const page = form?.querySelector("[data-pick-page]");
  if (!says || !boxes.length) continue;
  let last = null;

  const tell = () => {
    const many = boxes.filter((box) => box.checked).length;
    says.textContent = many ? says.dataset.some.replace("{n}", many) : says.dataset.none;
  };
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
      }
      last = box;
      tell();
    });
  }
  page?.addEventListener("click", (event) => {
    event.preventDefault();
    const all = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = all;
    tell();
  });
  tell();
}
