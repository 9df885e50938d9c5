// Titles to go to while somebody types in a search box. Without it the box is an ordinary form.

const SHORTEST = 2;
const PAUSE = 150; // ms without a key before asking

for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  list.id = `${input.id}-titles`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.label);
  list.hidden = true;
  input.closest("form").append(list);
  Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  }).forEach(([name, value]) => input.setAttribute(name, value));

  let timer;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const show = (titles) => {
    list.replaceChildren(
      ...titles.map(({ title, href }, at) => {
        const link = document.createElement("a");
        link.href = href;
        link.textContent = title;
        link.tabIndex = -1;
        const item = document.createElement("li");
        item.id = `${list.id}-${at}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.append(link);
        return item;
      }),
    );
    list.hidden = !titles.length;
    input.setAttribute("aria-expanded", String(!!titles.length));
    input.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    const mine = ++asked;
    const typed = input.value.trim();
    if (typed.length < SHORTEST) return close();
    const response = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`);
    if (mine === asked && response.ok && document.activeElement === input) show(await response.json());
  };

  const move = (by) => {
    const items = [...list.children];
    const at = items.findIndex((item) => item.ariaSelected === "true");
    const next = items[(at + by + (at < 0 && by < 0 ? 1 : 0) + items.length) % items.length];
    items.forEach((item) => item.setAttribute("aria-selected", String(item === next)));
    input.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask().catch(close), PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const chosen = list.querySelector("[aria-selected=true] a");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen) location.assign(chosen.href);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => setTimeout(() => list.contains(document.activeElement) || close(), 150));
}
