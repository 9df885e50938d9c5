// On a page that this device kept, shown while the network was slow: as soon as the page of the network is there, it takes
// the place of the copy, as long as nobody has begun to answer or to press anything here. Then it is only offered.

let begun = false;
for (const kind of ["click", "keydown", "input"])
  addEventListener(kind, () => (begun = true), { capture: true, once: true });

const worker = navigator.serviceWorker?.controller;
const words = document.documentElement.dataset.saved;
const address = location.href.split("#")[0];

// For a visitor both are the same page, unless the lesson has changed.
function differs(mark) {
  try {
    if (localStorage.getItem("lessons.who")) return true;
  } catch {} // the browser keeps nothing for this site
  const own = document.querySelector("[data-keep]")?.dataset.mark;
  return Boolean(own && mark && own !== mark);
}

navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data?.fresh !== address || !differs(data.mark)) return;
  if (!begun && !location.hash) location.reload();
  else offer();
});
if (!location.pathname.endsWith("/offline")) worker?.postMessage({ fresh: address }); // that one is nobody's in particular

function offer() {
  const line = document.querySelector(".band.info p");
  if (!line || !words) return;
  const link = document.createElement("a");
  link.href = address;
  link.textContent = words;
  line.append(" ", link);
}
