// What can be done with one message: answer it, say in a word what one makes of it, change or withdraw one's own. The
// page of the message has the same without this script.

const EDIT_WITHIN = 5 * 60 * 1000;

// A lesson or voice note that is put into the talk while the page is open: its card or player stands on the page of the
// message, in the language and with the buttons of whoever looks; the words of the message are there until it has come.
export async function card(item, room) {
  const response = await fetch(`/rooms/${room}/messages/${item.dataset.seq}`, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = response.ok && page.querySelector("#card > .lesson-card, .voice, #said:has(math)");
  const place = item.querySelector(".text");
  if (!found || !place) return;
  if (found.id) {
    place.dataset.typed ??= place.textContent; // what is edited is what was typed, not how it looks
    return place.replaceChildren(...document.adoptNode(found).childNodes);
  }
  place.replaceWith(document.adoptNode(found));
  if (found.matches(".voice")) (await import("rooms/voice_notes/player.js")).serve(found, page);
}

export function open(item, lent) {
  const { words, make } = lent;
  const seq = item.dataset.seq;
  const own = item.classList.contains("mine");
  const shown = ["sent", "masked"].includes(item.dataset.status);
  const writes = document.getElementById("compose");
  const reacts = writes || document.querySelector("#composer [data-reacts]"); // announcements are answered in a word
  const shownText = item.querySelector(".text");
  const text = shownText?.dataset.typed ?? shownText?.textContent ?? "";
  const dialog = make("dialog", "sheet");
  const title = make("h2", "", own ? words.you : (item.querySelector(".who b")?.textContent ?? ""));
  title.id = "acts-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const said = make("p", "error");
  said.setAttribute("role", "alert");
  said.hidden = true;
  dialog.append(title, make("p", "hint", text.slice(0, 120)), said);

  const button = (label, kind, act) => {
    const made = make("button", `btn ${kind}`, label);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  const tell = (say) => {
    said.textContent = say;
    said.hidden = !say;
  };

  // Do one act over HTTP; what is refused is said here, and nothing that was typed is lost.
  async function act(verb, values) {
    tell("");
    const headers = { Accept: "application/json", "X-CSRFToken": lent.csrf };
    let answer;
    try {
      const body = new URLSearchParams(values);
      answer = await (
        await fetch(`/rooms/${lent.room}/messages/${seq}/${verb}`, { method: "POST", headers, body })
      ).json();
    } catch {
      tell(words.notSent);
      return null;
    }
    if (answer.ok) {
      dialog.close();
      lent.catchUp();
    } else if (!lent.refused(answer)) tell(answer.say || words.notSent);
    return answer;
  }

  if (shown && !own && reacts) {
    const row = make("p", "actions");
    for (const [word, say] of words.reactions) {
      const mine = item.querySelector(`.reactions .own[data-word="${word}"]`);
      const made = button(say, mine ? "small" : "quiet small", () => act("react", { word: mine ? "" : word }));
      made.ariaPressed = mine ? "true" : "false";
      row.append(made);
    }
    dialog.append(row);
  }
  const rest = make("p", "actions");
  if (shown && writes) rest.append(button(words.answer, "quiet small", () => dialog.close("answer")));
  if (
    own &&
    item.dataset.status === "sent" &&
    writes &&
    !item.querySelector(".lesson-card, .voice") &&
    Date.now() - Date.parse(item.querySelector("time").dateTime) < EDIT_WITHIN
  ) {
    rest.append(button(words.edit, "quiet small", edit));
  }
  if (own) rest.append(button(words.withdraw, "quiet small", withdraw));
  if (!own)
    rest.append(
      Object.assign(make("a", "btn quiet small", words.reportThis), { href: `/report/message/${lent.room}/${seq}` }),
    );
  rest.append(button(words.close, "quiet small", () => dialog.close()));
  dialog.append(rest);

  function edit() {
    const label = make("label", "", words.edit);
    label.htmlFor = "edit-text";
    const field = Object.assign(make("textarea"), { id: "edit-text", rows: 3, value: text });
    let confirm = "";
    const save = button(words.save, "small", async () => {
      const answer = await act("edit", { text: field.value, confirm });
      confirm = answer?.error === "confirm" ? "1" : "";
      save.textContent = confirm ? words.anyway : words.save;
    });
    const row = make("p", "actions");
    row.append(
      save,
      button(words.close, "quiet small", () => dialog.close()),
    );
    rest.replaceWith(label, field, row);
    field.focus();
  }

  function withdraw() {
    const row = make("p", "actions");
    row.append(
      button(words.withdraw, "danger small", () => act("withdraw", {})),
      button(words.close, "quiet small", () => dialog.close()),
    );
    rest.replaceWith(make("p", "", words.withdrawWhat), row);
    row.firstChild.focus();
  }

  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "answer") lent.answering(item, text);
    else document.getElementById(item.id)?.querySelector(".more")?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
