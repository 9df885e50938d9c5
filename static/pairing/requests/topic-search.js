// The search among the topics of a request finds while somebody types. Without this script its button asks the server.
// What it finds are ordinary choices: the arrow down key goes to the first one, and from there as in any choice.

// As in tutoring/kernel/text.py: without accents, and words alone.
const words = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/\u0111/gi, "d")
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];
const row = (text) => ` ${words(text).join(" ")} `;
const holds = (text, typed) =>
  typed.every((word, at) => text.includes(at < typed.length - 1 ? ` ${word} ` : ` ${word}`));

function begin(search) {
  const MOST = 8;
  const [input, status, found, carry, list] = ["find", "find-status", "found", "carry", "other"].map((id) =>
    document.getElementById(id),
  );
  const form = input.form;
  const tiles = new Set([...form.querySelectorAll(".choices.pair input")].map((one) => one.value));
  const topics = [...list.querySelectorAll("optgroup option")].map((one) => ({
    topic: one.value,
    name: one.textContent,
    own: row(one.textContent),
    all: row(`${one.textContent} ${one.parentElement.label}`),
  }));

  const choice = ({ topic, name }, checked) => {
    const label = document.createElement("label");
    label.className = "choice";
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "topic", value: topic, checked });
    radio.dataset.undrafted = "";
    const said = document.createElement("span");
    said.textContent = name;
    label.append(radio, said);
    return label;
  };

  const look = () => {
    const typed = words(input.value);
    const named = typed.length ? topics.filter((one) => holds(one.own, typed)) : [];
    const grouped = typed.length ? topics.filter((one) => !named.includes(one) && holds(one.all, typed)) : [];
    const hits = [...named, ...grouped].slice(0, MOST);
    // What is chosen stays, also where the new words do not find it.
    const chosen = form.elements.topic.value;
    const kept = topics.filter((one) => one.topic === chosen && !tiles.has(chosen) && !hits.includes(one));
    found.replaceChildren(...[...kept, ...hits].map((one) => choice(one, one.topic === chosen)));
    const none = typed.length && !hits.length;
    status.textContent = none
      ? search.dataset.none
      : typed.length
        ? search.dataset.count.replace("{n}", hits.length)
        : "";
    carry.hidden = !none;
  };

  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || (event.key !== "ArrowDown" && event.key !== "Enter")) return;
    event.preventDefault(); // Enter would send what is not ready
    (carry.hidden ? found.querySelector("input") : carry.querySelector("button"))?.focus();
  });
  carry.querySelector("button").addEventListener("click", () => {
    const told = form.elements.words;
    form.querySelector("input[name=topic][value=other]").checked = true;
    if (!told.value.includes(input.value.trim())) {
      told.value = [told.value.trim(), input.value.trim()].filter(Boolean).join("\n");
      told.dispatchEvent(new Event("input", { bubbles: true }));
    }
    list.focus();
  });
  search.querySelector("[name=look]").remove(); // else Enter anywhere in the form would press it
  if (input.value) look();
}

const search = document.getElementById("topic-search");
if (search) begin(search);
