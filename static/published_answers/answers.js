// Opens the answer to which a search or a press of a button leads.

function open() {
  const one = location.hash.startsWith("#answer-") && document.getElementById(location.hash.slice(1));
  if (!one) return;
  one.open = true;
  one.scrollIntoView({ block: "start" });
  one.querySelector("summary").focus({ preventScroll: true });
}

addEventListener("hashchange", open);
open();
