// Watching plays by itself, one step after another; it begins by itself only where people do not ask for less motion.
const PACE = 2500;
const button = document.getElementById("play");
const told = document.getElementById("told");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let timer = 0;

told.setAttribute("role", "status");
button.hidden = false;

function show() {
  document.querySelector(".mock-next")?.scrollIntoView({ block: "center", behavior: calm ? "instant" : "smooth" });
  button.hidden = !document.querySelector("[data-next]");
}

function stop() {
  clearTimeout(timer);
  timer = 0;
  button.textContent = button.dataset.play;
}

// The same page as without this script, of which only the parts that change are taken.
async function go(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const news = page.querySelectorAll("[data-step]");
  document.querySelectorAll("[data-step]").forEach((part, n) => part.replaceChildren(...news[n].childNodes));
  document.title = page.title;
  history.replaceState(null, "", address);
  show();
}

async function next() {
  const link = document.querySelector("[data-next]");
  if (!link) return stop();
  try {
    await go(link.href);
  } catch {
    return stop();
  }
  if (timer) timer = document.querySelector("[data-next]") ? setTimeout(next, PACE) : stop();
}

function play() {
  button.textContent = button.dataset.stop;
  timer = setTimeout(next, PACE);
}

button.addEventListener("click", () => (timer ? stop() : play()));
document.querySelector(".dock").addEventListener("click", async (event) => {
  const link = event.target.closest("[data-next], [data-back]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  stop();
  const kind = "next" in link.dataset ? "[data-next]" : "[data-back]";
  try {
    await go(link.href);
  } catch {
    location.assign(link.href);
    return;
  }
  (document.querySelector(kind) ?? document.querySelector(".dock a")).focus();
});

show();
if (!calm && !new URLSearchParams(location.search).has("at")) play();
