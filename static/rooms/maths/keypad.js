// A keypad for formulas: ordinary fields stand where the parts of a formula stand, so every keyboard and screen reader
// can use them. What is written becomes LaTeX between \( and \); the server allows or refuses it.

const SIGNS = ["+", "−", "×", ":", "=", "<", ">", "≤", "≥", "≠", "(", ")", "π", "°", "%"];

let words;
let dialog;
let focused; // the field that was written in last

function make(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function button(name, text, act, label) {
  const made = Object.assign(make("button", name, text), { type: "button" });
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

// ---- fields and the parts that hold them -----------------------------------------------------------------

function field(label, value = "") {
  const made = Object.assign(make("input"), { type: "text", autocomplete: "off", value, size: 1 });
  made.autocapitalize = "none";
  made.spellcheck = false;
  made.setAttribute("aria-label", label);
  fit(made);
  return made;
}

function fit(input) {
  input.size = Math.max(1, input.value.length);
}

function row(label, value) {
  const made = make("span", "row");
  made.dataset.label = label;
  made.append(field(label, value));
  return made;
}

const PARTS = {
  fraction: () => [row(words.top), row(words.bottom)],
  power: () => [row(words.power)],
  index: () => [row(words.index)],
  root: () => [row(words.root)],
};

function part(kind) {
  const made = make("span", kind);
  made.dataset.kind = kind;
  if (kind === "root") made.append(make("span", "sign", "√"));
  made.append(...PARTS[kind]());
  return made;
}

// Put a part where the caret is: what stands after the caret goes on in a field of its own.
function put(kind) {
  const input = focused;
  const { value, selectionStart: at } = input;
  const made = part(kind);
  // What is typed before a slash is the top of the fraction, as far back as the last sign.
  const top = kind === "fraction" ? value.slice(0, at).match(/[\p{L}\p{N}.,]*$/u)[0] : "";
  input.value = value.slice(0, at - top.length);
  input.after(made, field(input.getAttribute("aria-label"), value.slice(at)));
  fit(input);
  const [first, second] = made.querySelectorAll("input");
  first.value = top;
  fit(first);
  (top && second ? second : first).focus();
}

function write(sign) {
  const { value, selectionStart: from, selectionEnd: to } = focused;
  focused.value = value.slice(0, from) + sign + value.slice(to);
  fit(focused);
  focused.focus();
  focused.setSelectionRange(from + sign.length, from + sign.length);
}

function typed(event) {
  const input = event.target;
  fit(input);
  const at = input.selectionStart;
  const kind = { "/": "fraction", "^": "power", _: "index" }[input.value[at - 1]];
  if (!kind) return;
  input.value = input.value.slice(0, at - 1) + input.value.slice(at);
  input.setSelectionRange(at - 1, at - 1);
  put(kind);
}

function pressed(event) {
  const fields = [...dialog.querySelectorAll(".formula input")];
  const at = fields.indexOf(event.target);
  if (event.key === "Enter") {
    event.preventDefault();
    if (fields[at + 1]) fields[at + 1].focus();
    else finish(true);
  }
  // Backspace at the start of an empty part takes the part away; at the start of what follows it too.
  if (event.key === "Backspace" && event.target.selectionEnd === 0) {
    const before = event.target.previousElementSibling;
    const own = event.target.closest("[data-kind]");
    const gone = before ?? (own && [...own.querySelectorAll("input")].every((one) => !one.value) ? own : null);
    if (!gone || gone.matches(".sign")) return;
    event.preventDefault();
    remove(gone);
  }
}

function remove(gone) {
  const [left, right] = [gone.previousElementSibling, gone.nextElementSibling];
  const at = left.value.length;
  left.value += right.value;
  right.remove();
  gone.remove();
  fit(left);
  left.focus();
  left.setSelectionRange(at, at);
}

// ---- what was written ------------------------------------------------------------------------------------

function latex(line) {
  return [...line.children]
    .map((one) => {
      if (one.matches("input")) return one.value.trim();
      const inside = [...one.children].filter((child) => child.matches(".row")).map((child) => `{${latex(child)}}`);
      return { fraction: "\\frac", power: "^", index: "_", root: "\\sqrt" }[one.dataset.kind] + inside.join("");
    })
    .join("");
}

// The first field that must not stay empty: a slot without anything in it, or what a power belongs to.
function lacking() {
  const lines = [...dialog.querySelectorAll(".formula .row")].filter((line) => !latex(line));
  const bases = [...dialog.querySelectorAll(".formula .power, .formula .index")].filter((one) => {
    const left = one.previousElementSibling;
    return !left.value.trim() && !left.previousElementSibling;
  });
  return lines[0]?.querySelector("input") ?? bases[0]?.previousElementSibling;
}

function finish(send) {
  const empty = lacking();
  const said = dialog.querySelector("[role=status]");
  said.textContent = empty ? words.empty : "";
  if (empty) return empty.focus();
  const text = document.getElementById("text");
  const formula = `\\(${latex(dialog.querySelector(".formula .row"))}\\)`;
  const at = text.selectionStart;
  const [before, after] = [text.value.slice(0, at), text.value.slice(at)];
  text.value = `${before}${before && !/\s$/.test(before) ? " " : ""}${formula}${after && !/^\s/.test(after) ? " " : ""}${after}`;
  dialog.close();
  if (send) text.form.requestSubmit();
  else text.focus();
}

// ---- the dialog ------------------------------------------------------------------------------------------

export function open(link) {
  words = JSON.parse(link.dataset.words);
  if (!document.getElementById("keypad-sheet"))
    document.head.append(
      Object.assign(document.createElement("link"), {
        id: "keypad-sheet",
        rel: "stylesheet",
        href: link.dataset.sheet,
      }),
    );
  dialog = make("dialog", "sheet keypad");
  const title = Object.assign(make("h2", "", words.title), { id: "keypad-title" });
  dialog.setAttribute("aria-labelledby", title.id);
  const formula = make("div", "formula");
  formula.append(row(words.formula));
  formula.addEventListener("focusin", (event) => {
    focused = event.target;
  });
  formula.addEventListener("input", typed);
  formula.addEventListener("keydown", pressed);
  const shapes = make("div", "keys");
  for (const [kind, text] of [
    ["fraction", "a⁄b"],
    ["power", "xⁿ"],
    ["root", "√x"],
    ["index", "xₙ"],
  ])
    shapes.append(button("btn quiet small", text, () => put(kind), words[kind]));
  const signs = make("div", "keys");
  for (const sign of SIGNS)
    signs.append(button("btn quiet small", sign, () => write(sign), words.sign.replace("{sign}", sign)));
  const status = make("p", "error");
  status.setAttribute("role", "status");
  const actions = make("p", "actions");
  actions.append(
    button("btn", words.send, () => finish(true)),
    button("btn quiet", words.insert, () => finish(false)),
    button("btn quiet", words.clear, clear),
    button("btn quiet", words.close, () => dialog.close()),
  );
  dialog.append(title, formula, status, shapes, signs, make("p", "hint", words.hint), actions);
  const shown = dialog;
  shown.addEventListener("close", () => shown.remove());
  document.body.append(dialog);
  dialog.showModal();
  formula.querySelector("input").focus();
}

function clear() {
  const line = row(words.formula);
  dialog.querySelector(".formula .row").replaceWith(line);
  line.querySelector("input").focus();
}
