// What is looked at on a page; each function gives back its faults in words.
const visible = (one) =>
  one.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !one.closest("[inert]");
const named = (one) => one.outerHTML.replace(/\s+/g, " ").slice(0, 130);
const hiddenFromSight = (one) => !!one.closest(".sr, .skip, .marks") || getComputedStyle(one).clipPath !== "none";
const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex='0']";

// The place that answers a finger: the label of a tick, the whole card of a link that covers it.
function target(one) {
  if (one.matches("input[type=radio], input[type=checkbox]"))
    return one.closest("label") || document.querySelector(`label[for="${one.id}"]`) || one;
  if (getComputedStyle(one, "::after").position === "absolute" && one.closest(".card")) return one.closest(".card");
  return one;
}
function withinText(one) {
  if (getComputedStyle(one).display !== "inline" || !one.matches("a, button")) return false;
  const around = one.closest("p, li, dd, dt, td, th, label, legend, figcaption, blockquote, summary, div");
  const own = one.textContent.trim().length;
  return !!around && around.textContent.trim().length > own + 1;
}
function smallTargets() {
  return [...document.querySelectorAll(CONTROLS)]
    .filter((one) => visible(one) && !hiddenFromSight(one) && !withinText(one))
    .flatMap((one) => {
      const box = target(one).getBoundingClientRect();
      if (one.matches("[tabindex='0']:not(a, button, input)") || (box.width >= 43.9 && box.height >= 43.9)) return [];
      return [`${Math.round(box.width)}×${Math.round(box.height)} ${named(one)}`];
    });
}
function wider() {
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (over <= 0) return [];
  const out = [...document.querySelectorAll("body *")].filter(
    (one) =>
      visible(one) && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !scrolls(one),
  );
  return [`${over} px wider: ${out.slice(-1).map(named)}`];
}
const scrolls = (one) => {
  for (let up = one.parentElement; up; up = up.parentElement)
    if (
      /auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX) &&
      up !== document.body &&
      up !== document.documentElement
    )
      return true;
  return false;
};
// Lines of text, each with where it stands.
function lines() {
  const found = [],
    walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (
      !node.data.trim() ||
      parent.closest("script, style, template, option, svg, .sr, .skip, dialog:not([open]), textarea, math") ||
      !visible(parent) ||
      hiddenFromSight(parent)
    )
      continue;
    let floats = false,
      lost = false;
    for (let up = parent; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (/fixed|sticky|absolute/.test(style.position) && !up.matches(".suggestions")) floats = true;
      if (style.clipPath !== "none") lost = true;
    }
    if (floats || lost) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects())
      if (box.width > 1 && box.height > 1) found.push({ node, parent, box, text: node.data.trim().slice(0, 40) });
  }
  return found;
}
function overlaps() {
  const all = lines().sort((a, b) => a.box.top - b.box.top),
    faults = [];
  for (let i = 0; i < all.length; i++) {
    for (let k = i + 1; k < all.length && all[k].box.top < all[i].box.bottom; k++) {
      const [a, b] = [all[i], all[k]];
      if (a.node === b.node) continue;
      const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      // Beside the 1.385 em of ink a line of text takes some air that may be shared.
      if (wide > 2 && high > Math.min(a.box.height, b.box.height) * 0.3)
        faults.push(`“${a.text}” and “${b.text}”, ${Math.round(high)} px`);
    }
  }
  return faults.slice(0, 4);
}
// Text in a box that hides what does not fit.
function cut() {
  return [...document.querySelectorAll("body *")]
    .filter((one) => {
      if (
        !visible(one) ||
        hiddenFromSight(one) ||
        !one.textContent.trim() ||
        one.closest("svg, textarea, select, .answered, .answering")
      )
        return false;
      const style = getComputedStyle(one);
      return (
        /hidden|clip/.test(style.overflowY + style.overflowX) &&
        (one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2)
      );
    })
    .map(named);
}
// Each thing that Tab comes to, in order: seen whole enough where it stands, below nothing, and after what stands before it.
function focus() {
  const faults = [];
  if (document.querySelector("[tabindex]:not([tabindex='0'], [tabindex='-1'])")) faults.push("a positive tabindex");
  const order = [...document.querySelectorAll(CONTROLS)].filter(
    (one) => visible(one) && !one.disabled && one.tabIndex >= 0,
  );
  let before = null;
  for (const one of order) {
    if (
      one.matches("input[type=radio]:not(:checked)") &&
      document.querySelector(`input[type=radio][name="${CSS.escape(one.name)}"]:checked`)
    )
      continue;
    one.focus();
    if (document.activeElement !== one) {
      faults.push(`takes no focus: ${named(one)}`);
      continue;
    }
    const box = one.getClientRects()[0] || one.getBoundingClientRect();
    if (!one.matches("[tabindex='0'], textarea")) {
      const [x, y] = [box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 12)];
      const top = document.elementFromPoint(x, y);
      const label = one.labels?.[0];
      if (!top || !(one.contains(top) || top.contains(one) || label?.contains(top)))
        faults.push(`hidden below ${top ? named(top).slice(0, 60) : "the edge"}: ${named(one)}`);
    }
    const at = { top: box.top + scrollY, bottom: box.bottom + scrollY, left: box.left, one };
    const still = !one.closest(".dock, .roombar, .skip, .bar, .foot, .room, aside, table, .mock-band");
    if (still && before && at.bottom <= before.top - 8 && at.left <= before.left + 8)
      faults.push(`stands above what came before it: ${named(one)}`);
    if (still) before = at;
  }
  document.activeElement.blur();
  scrollTo(0, 0);
  return faults;
}
function heads() {
  const faults = [],
    all = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((one) => one.checkVisibility());
  const first = all.filter((one) => one.tagName === "H1").length;
  if (first !== 1) faults.push(`${first} h1`);
  all.reduce((last, one) => {
    const level = +one.tagName[1];
    if (level > last + 1) faults.push(`h${last} → ${named(one)}`);
    return level;
  }, 0);
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  return faults;
}
const moving = () =>
  document
    .getAnimations()
    .filter((one) => one.playState === "running")
    .map((one) => named(one.effect.target));
// What says something by its ground alone, and what is left of it where the device sets the colours.
function states() {
  const same = (one, other) =>
    ["backgroundColor", "borderTopColor", "borderTopWidth", "outlineStyle", "outlineWidth", "borderBottomColor"].every(
      (name) => getComputedStyle(one)[name] === getComputedStyle(other)[name],
    );
  const edge = (one) => {
    const s = getComputedStyle(one);
    return (
      (s.borderTopStyle !== "none" && parseFloat(s.borderTopWidth)) ||
      (s.outlineStyle !== "none" && parseFloat(s.outlineWidth))
    );
  };
  const faults = [];
  for (const one of document.querySelectorAll(".btn:not(.link), .tag, .badge, .steps li, .choice, .panel, dialog"))
    if (one.checkVisibility() && !edge(one)) faults.push(`no edge: ${one.outerHTML.slice(0, 90)}`);
  for (const on of document.querySelectorAll("[aria-current]:is(nav a), .steps .done, .steps .now")) {
    const off = [...on.parentElement.children].find(
      (one) => one.matches("a, li") && !one.matches("[aria-current], .done, .now"),
    );
    if (off && same(on, off)) faults.push(`looks like the others: ${on.outerHTML.slice(0, 90)}`);
  }
  const controls = document.querySelectorAll("main a, main button, main input:not([type=hidden])");
  const first = [...controls].find((one) => one.checkVisibility()); // what is folded away takes no focus
  if (first) {
    first.focus({ focusVisible: true });
    const s = getComputedStyle(first.matches("[type=radio], [type=checkbox]") ? first.closest("label") : first);
    if (s.outlineStyle === "none") faults.push("focus without a ring");
  }
  return faults;
}
// What lies further down is laid out as if one had come there: all of the page is looked at.
addEventListener("DOMContentLoaded", () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { content-visibility: visible !important; }");
  document.adoptedStyleSheets.push(sheet);
});
window.look = { states, smallTargets, wider, overlaps, cut, focus, heads, moving };
