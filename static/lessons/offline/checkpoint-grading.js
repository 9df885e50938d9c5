// Says what an answer is worth without a network, for a lesson that was saved on this device: the same rules as
// tutoring/lessons/progress/checkpoints.py, with what static/lessons/offline/saved-items.js has saved.

const fold = (text) =>
  text
    .replaceAll("\u0111", "d")
    .replaceAll("\u0110", "D")
    .normalize("NFD")
    .toLowerCase()
    .replace(/\p{Mn}/gu, "");
export const words = (text) => (fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");

// The part of an answer that this question knows.
export function given(question, answer) {
  if (question.kind === "type") return answer.slice(0, 1).filter((one) => one.trim());
  const known = new Set(question.options.map((one) => one.id));
  return [...new Set(answer)].filter((one) => known.has(one));
}

// { correct, says, back } of an answer that `given` has let through.
export function judge(question, answer) {
  const { kind, options, say } = question;
  if (kind === "type" || kind === "order") {
    const correct =
      kind === "type"
        ? options.some((one) => words(one.text) === words(answer[0]))
        : answer.length === options.length && options.every((one, at) => one.id === answer[at]);
    return { correct, says: say && !correct ? [say] : [], back: null };
  }
  const chosen = answer.map((id) => options.find((one) => one.id === id));
  const wrong = chosen.filter((one) => !one.correct);
  const all = options.every((one) => one.correct === answer.includes(one.id));
  const says = (wrong.length ? wrong : chosen).map((one) => one.say).filter(Boolean);
  return {
    correct: !wrong.length && (kind === "confirm" || all),
    says,
    back: wrong.find((one) => one.back_to)?.back_to ?? null,
  };
}

function note(box, kind, ...parts) {
  const made = document.createElement("div");
  const inner = document.createElement("div");
  const line = document.createElement("p");
  made.className = `note ${kind}`;
  made.setAttribute("role", "status");
  line.append(...parts);
  inner.append(line);
  made.append(inner);
  box.querySelector(".note")?.remove();
  box.querySelector(".actions").before(made);
  return made;
}

function strong(text) {
  const made = document.createElement("b");
  made.textContent = text;
  return made;
}

// Put what is said to an answer into the question on the page; `otherwise` is said when the lesson is not saved here.
export async function say(box, { lesson }, chosen, otherwise) {
  const held = await globalThis.caches?.match(`/lessons/${lesson}/keep.json`, { ignoreVary: true });
  const { questions, words: texts, steps } = held ? await held.json() : {};
  const question = questions?.[box.dataset.checkpoint];
  for (const label of box.querySelectorAll("label.choice")) label.classList.remove("right", "wrong");
  if (!question) return note(box, "info", otherwise);
  const answer = given(question, chosen);
  if (!answer.length) return note(box, "warn", texts.empty);
  const { correct, says, back } = judge(question, answer);
  for (const label of box.querySelectorAll("label.choice:has(:checked)")) {
    const option = question.options.find((one) => one.id === label.querySelector("input").value);
    label.classList.add(option.correct ? "right" : "wrong");
  }
  if (correct) return note(box, "ok", strong(texts.right), ` ${says.join(" ")}`);
  const made = note(box, "bad", strong(texts.wrong), ` ${says.join(" ") || texts.look}`);
  if (!steps[back] || location.pathname.endsWith(`/${steps[back]}`)) return made;
  const link = document.createElement("a");
  link.href = `/lessons/${lesson}/${steps[back]}`;
  link.textContent = texts.back.replace("{n}", steps[back]);
  const line = document.createElement("p");
  line.append(link);
  made.firstChild.append(line);
  return made;
}
