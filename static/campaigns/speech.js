// How long the loudspeaker reads, while the text is written; the server counts alike and refuses what is too long.
const box = document.querySelector("[data-speech]");
const told = document.querySelector("[data-seconds]");

function syllables(text) {
  let found = 0;
  for (const [token] of text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    const digits = (token.match(/\p{N}/gu) || []).length;
    const letters = token.replace(/\p{N}/gu, "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    found += (digits ? 2 * digits - 1 : 0) + (letters ? Math.max(1, (letters.match(/[aeiouy]+/g) || []).length) : 0);
  }
  return found;
}

function show() {
  const seconds = Math.ceil(syllables(`${box.value}\n${box.dataset.more}`) / 3);
  told.textContent = String(seconds);
  box.setAttribute("aria-invalid", String(seconds > Number(box.dataset.longest)));
}

box.addEventListener("input", show);
show();
