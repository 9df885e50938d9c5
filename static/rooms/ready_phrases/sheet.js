// The sheet of ready phrases, lessons and the private note, above the composer. A chosen phrase goes into the composer;
// nothing is sent by itself. The page behind the button is the same list for browsers without scripts.

let opening = false; // a second press, while the page is fetched, opens no second sheet

export function lend() {} // what the room lends is of no use here

export async function open(link) {
  if (document.getElementById("phrases")) return close();
  if (opening) return;
  opening = true;
  try {
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const box = document.adoptNode(page.getElementById("phrases"));
    const style = page.querySelector('link[href*="ready_phrases"]');
    if (!document.querySelector(`link[href="${style.getAttribute("href")}"]`)) document.head.append(style);
    document.getElementById("compose").before(box);
    serve(box);
  } catch {
    leave(link.href); // the page says what is wrong
  } finally {
    opening = false;
  }
}

function serve(box) {
  const typed = document.getElementById("text").value.trim();
  const own = box.querySelector("[data-keep] textarea");
  if (typed && !own.value) own.value = typed;
  const finder = box.querySelector(".find");
  if (finder) {
    finder.hidden = false;
    finder.querySelector("input").addEventListener("input", () => find(box));
  }
  box.addEventListener("keydown", (event) => steer(event, box));
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link) return;
    event.preventDefault();
    if (link.matches("[data-shut]")) close();
    else leave(link.href);
  });
  box.addEventListener("submit", (event) => {
    if (event.target.matches("[data-keep]")) return keep(); // the answer is a page
    event.preventDefault();
    choose(event.target, event.submitter);
  });
  (finder ? finder.querySelector("input") : own).focus();
}

// The page goes; what was being typed in the room stands there again afterwards.
function keep() {
  sessionStorage.draft = document.getElementById("text").value; // composer.js takes it up
}

function leave(address) {
  keep();
  location.assign(address);
}

function close() {
  document.getElementById("phrases")?.remove();
  document.getElementById("text")?.focus();
}

// ---- choosing --------------------------------------------------------------------------------------------

function choose(form, button) {
  const field = document.getElementById("text");
  const body = new FormData(form, button);
  // Counted for the order of the list alone: whether it arrives is of no matter.
  fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true }).catch(
    () => {},
  );
  const before = field.value.slice(0, field.selectionStart);
  const text = (before && !/\s$/.test(before) ? " " : "") + button.dataset.text;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

// ---- finding ---------------------------------------------------------------------------------------------

const bare = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[\u0110\u0111]/g, "d") // the letter that does not come apart
    .toLowerCase();

const shown = (box) => [...box.querySelectorAll("li:not([hidden]) > .phrase")];

function find(box) {
  const words = bare(box.querySelector("input[type=search]").value).split(/\s+/);
  for (const button of box.querySelectorAll(".phrase")) {
    const text = bare(button.textContent);
    button.parentElement.hidden = !words.every((word) => text.includes(word));
  }
  box.querySelector(".find [role=status]").textContent = box.dataset.found.replace("{n}", shown(box).length);
}

// Arrows go through the list, from the field of the search and back to it; Enter there takes the first phrase.
function steer(event, box) {
  if (event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    return close();
  }
  const field = box.querySelector("input[type=search]");
  const list = shown(box);
  const at = list.indexOf(event.target);
  if (event.target !== field && at < 0) return;
  if (event.key === "Enter" && event.target === field) {
    event.preventDefault();
    list[0]?.click();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  if (event.target === field) list.at(step > 0 ? 0 : -1)?.focus();
  else (list[at + step] ?? field).focus();
}
