// Arrow keys in the rota: one cell is in the order of Tab, the arrows lead to the others, Enter opens its form.

const table = document.querySelector("[data-rota]");
const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("a")]);
const start = table.querySelector("[aria-current]") ?? rows[0]?.[0];

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Makes this link the only one of the grid that Tab reaches. */
const choose = (link) => {
  for (const one of rows.flat()) one.tabIndex = one === link ? 0 : -1;
};

/** Returns where a key leads from a cell, or null when it leads nowhere. */
const next = (key, row, column) => {
  if (key === "Home") return rows[row][0];
  if (key === "End") return rows[row].at(-1);
  const step = STEPS[key];
  return step ? (rows[row + step[0]]?.[column + step[1]] ?? null) : null;
};

if (start) {
  table.setAttribute("role", "grid");
  choose(start);
  table.addEventListener("keydown", (event) => {
    const row = rows.findIndex((links) => links.includes(event.target));
    if (row < 0 || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const to = next(event.key, row, rows[row].indexOf(event.target));
    if (!to) return;
    event.preventDefault();
    choose(to);
    to.focus();
  });
}
