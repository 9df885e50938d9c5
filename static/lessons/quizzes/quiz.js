// Keeps the answers of a quiz as they are chosen; without scripts the buttons below them do.
const form = document.getElementById("quiz");
const line = document.getElementById("kept");
let last = Promise.resolve();

async function keep() {
  const data = new FormData(form);
  data.set("act", "save");
  const body = new URLSearchParams(data);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.status === 409) location.reload(); // handed in on another page
    line.textContent = answer.ok ? line.dataset.kept : line.dataset.lost;
  } catch {
    line.textContent = line.dataset.lost;
  }
}

form.addEventListener("change", () => {
  last = last.then(keep); // one after the other, so that the newest choice is stored last
});
