// Brings the answers of a step into its page when their part is opened, or when a search leads to one of them.

const part = document.querySelector("[data-answers]");
let begun = false;

async function bring() {
  if (begun || !part.open) return;
  begun = true;
  try {
    const response = await fetch(part.dataset.answers, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelector("[data-answers-list]");
    if (!response.ok || !found) throw new Error(String(response.status));
    part.querySelector("p").replaceWith(found);
    show();
  } catch {
    begun = false; // the link that stands there leads to their own page
  }
}

function show() {
  const one = location.hash.startsWith("#answer-") && document.getElementById(location.hash.slice(1));
  if (!one) return;
  one.open = true;
  one.scrollIntoView({ block: "start" });
  one.querySelector("summary").focus({ preventScroll: true });
}

part.addEventListener("toggle", bring);
function arrive() {
  if (!location.hash.startsWith("#answer")) return;
  part.open = true;
  if (begun) show();
  else bring();
}
addEventListener("hashchange", arrive);
arrive();
