// A button beside each code that copies it and says so. Without this script one tap selects the code.
const words = document.querySelector("[data-copied]").dataset;

async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    // Old browsers, and pages over plain HTTP: the older way, which leaves the code selected.
    getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const code = document.getElementById(button.dataset.copy);
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  button.parentElement.append(said);
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    said.textContent = (await copy(code)) ? words.copied : words.notCopied;
  });
}
