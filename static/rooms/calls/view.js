// What is shown of a call: the panel at the head of the room in its views, what it says aloud, and where the focus goes. The
// focus stays where it is unless somebody pressed here: who is writing is not disturbed.

// `name()` is the other one of the two. `act(what, button)` is told what is pressed, `save(less)` how much may be sent.
export function view({ template, words, main, name, act, save }) {
  const title = document.title;
  let box;

  const fill = (text) => text.replaceAll("{name}", name());
  const at = (selector) => box.querySelector(selector);
  const all = (selector) => (box ? box.querySelectorAll(selector) : []);
  const within = (part) => Boolean(part?.contains(document.activeElement));
  const root = document.documentElement;

  function build(saving) {
    const fresh = template.content.firstElementChild.cloneNode(true);
    const walk = document.createTreeWalker(fresh, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) walk.currentNode.data = fill(walk.currentNode.data);
    for (const one of fresh.querySelectorAll("[aria-label]")) one.ariaLabel = fill(one.ariaLabel);
    if (box) box.replaceWith(fresh);
    else main.prepend(fresh);
    box = fresh;
    box.addEventListener("click", pressed);
    for (const field of all("[data-saving]")) {
      field.checked = saving;
      field.addEventListener("change", () => save(field.checked));
    }
    const bar = at(".call-bar");
    new ResizeObserver(() => root.style.setProperty("--call-bar", `${bar.offsetHeight}px`)).observe(bar);
    return box;
  }

  async function pressed({ target }) {
    const button = target.closest("[data-do]");
    if (!button || button.disabled) return;
    button.disabled = ["ask", "accept", "retry"].includes(button.dataset.do); // once
    try {
      await act(button.dataset.do, button);
    } finally {
      button.disabled = false;
    }
  }

  return {
    at,
    all,
    fill,
    within,
    build,
    get shown() {
      return box?.dataset.view;
    },
    // Turn to one of the views; the focus comes along where somebody pressed here, or has asked for it.
    turn(which, asked = false) {
      const focused = asked || within(box);
      box.dataset.view = which;
      for (const part of all("[data-view]")) part.hidden = part.dataset.view !== which;
      document.title = which === "asked" ? `${words.ringing} – ${title}` : title;
      if (focused)
        at(`:scope > [data-view=${which}] :is([tabindex="-1"], button)`).focus({ preventScroll: which === "on" });
    },
    say(text) {
      if (box) at("[data-said]").textContent = fill(text);
    },
    over(text, again) {
      at("[data-why]").textContent = fill(text);
      at("[data-again]").hidden = !again || !document.getElementById("call-start");
      this.turn("over");
      this.say(text);
    },
    close() {
      const focused = within(box);
      box?.remove();
      box = undefined;
      document.title = title;
      root.style.removeProperty("--call-bar");
      if (focused) (document.getElementById("call-start") ?? main).focus({ preventScroll: true });
    },
  };
}
