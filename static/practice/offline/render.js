// Draws a screen from the blank ones of the page: templates/practice/screens/_screen.html with words in braces.

const KINDS = ["text", "digits", "date", "choice", "mock_file", "check"]; // as the fields of a blank screen follow each other

const blank = (place) =>
  document.querySelector(`template[data-blank="${place}"]`).content.querySelector(".mock-screen").cloneNode(true);

export function fill(node, words) {
  const put = (text) => text.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole);
  const walk = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let at = node; at; at = walk.nextNode()) {
    if (at.nodeType === Node.TEXT_NODE) at.data = put(at.data);
    else for (const one of at.attributes) one.value = put(one.value);
  }
  return node;
}

// Replaces `node` by one copy for each of these.
export function repeat(node, all, change = () => {}) {
  const made = all.map((one) => [fill(node.cloneNode(true), one), one]);
  node.replaceWith(...made.map(([copy]) => copy));
  for (const [copy, one] of made) change(copy, one);
}

const saying = (root, text) =>
  [...root.querySelectorAll("*")].find((one) => !one.children.length && one.textContent === text);

function mark(control, marked) {
  if (marked) return;
  const tag = control.querySelector(".tag");
  control.classList.remove("mock-next");
  (tag.closest("p") ?? tag).remove();
}

// Only what is there can describe a control.
function described(control, one) {
  const there = (id) => control.querySelector(`#${CSS.escape(id)}`);
  const wide = control.matches("fieldset");
  if (!one.tip) control.querySelector(".hint[id$='-tip']")?.remove();
  else if (wide && !one.wrong) control.setAttribute("aria-describedby", `f-${one.id}-tip`);
  const target = wide ? control : control.querySelector("[aria-describedby]");
  const ids = target?.getAttribute("aria-describedby")?.split(" ").filter(there) ?? [];
  if (ids.length) target.setAttribute("aria-describedby", ids.join(" "));
  else target?.removeAttribute("aria-describedby");
}

function field(control, one) {
  fill(control, one);
  mark(control, one.marked);
  if (one.required) control.querySelector(".optional").remove();
  if (!one.wrong) {
    control.classList.remove("wrong");
    control.querySelector(".error").remove();
    control.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
  }
  described(control, one);
  const radio = control.querySelector("input[type=radio]");
  if (radio)
    repeat(
      radio.closest("label"),
      one.options,
      (copy, { option }) => (copy.querySelector("input").defaultChecked = option === one.value),
    );
  const box = control.querySelector("input[type=checkbox]");
  if (box) box.defaultChecked = one.value === "yes";
  if (box && (one.required || one.value !== "yes")) control.querySelector("input[type=hidden]").remove();
  return control;
}

function press(control, one) {
  mark(control, one.marked);
  described(control, one);
}

function errors(box, { wrong, fields }) {
  const faults = fields.filter((one) => one.wrong);
  if (!wrong && !faults.length) return box.remove();
  const [alone, ...links] = box.querySelectorAll("li");
  if (wrong) fill(alone, { wrong });
  else alone.remove();
  links.slice(1).forEach((one) => one.remove());
  repeat(
    links[0],
    faults,
    (copy, { label, wrong }) =>
      (copy.querySelector("a").textContent = `${label}${label.endsWith("?") ? "" : ":"} ${wrong}`),
  );
}

export function draw(screen) {
  const { trap, place, answered } = screen;
  const root = fill(blank(trap?.place ?? ""), { screen: screen.screen });
  const mock = root.querySelector(".mock:not(.warn)");
  const bar = root.querySelector(".mock-progress");
  if (screen.position) fill(bar, screen.position);
  else bar.remove();
  errors(root.querySelector(".errors"), screen);
  const note = root.querySelector(":scope > .note");
  if (answered) note.replaceWith(fill(blank(screen.fell ? place : "").querySelector(":scope > .note"), { answered }));
  else note.remove();
  if (trap) {
    const said = saying(root, "{trap}");
    said.textContent = trap.text;
    said.parentElement.dataset.control = `trap:${trap.id}`;
    const asked = said.parentElement.querySelector("p.mock-next");
    if (!trap.guided) {
      asked.classList.remove("mock-next");
      asked.querySelector(".tag").remove();
    }
    repeat(root.querySelector("[data-control^=choose]"), trap.options);
  }
  mock.dataset.place = place;
  mock.querySelector(".mock-head").replaceWith(blank(place).querySelector(".mock-head"));
  saying(mock, "{title}").textContent = screen.title;
  repeat(
    saying(mock, "{paragraph}"),
    screen.paragraphs.map((paragraph) => ({ paragraph })),
  );
  const lines = mock.querySelector("dl");
  const [term, text] = lines.children;
  if (screen.lines.length)
    lines.replaceChildren(
      ...screen.lines.flatMap((line) => [
        fill(term.cloneNode(true), { term: line[0] }),
        fill(text.cloneNode(true), { text: line[1] }),
      ]),
    );
  else lines.remove();
  const explain = mock.querySelector(".note");
  if (screen.explain) fill(explain, screen);
  else explain.remove();
  if (!trap) controls(mock.querySelector("form"), screen);
  return root;
}

function controls(form, { fields, actions, back, backMarked }) {
  const kinds = [...form.querySelectorAll("[data-control='{id}']")];
  kinds[0].before(...fields.map((one) => field(kinds[KINDS.indexOf(one.type)].cloneNode(true), one)));
  for (const one of kinds) one.remove();
  const single = actions.filter((one) => !one.quiet).length === 1;
  repeat(form.querySelector(".actions > *"), actions, (copy, one) => {
    press(copy, one);
    copy.querySelector("button").className = `btn ${one.quiet ? "link" : single ? "" : "quiet"}`;
  });
  const button = form.querySelector("[data-control=back]");
  mark(button, backMarked);
  if (!back) button.remove();
}
