// A picture shown large, with what is drawn over it.

let shown; // { box, stage, under, dialog } of the picture that is open

// Whoever may draw finds the tools below it a moment later (marks.js).
export function open(link, opener, room) {
  const { make, words } = room;
  const box = link.closest(".marked");
  const small = link.querySelector("img");
  const image = Object.assign(make("img"), { src: link.href, alt: small.alt });
  for (const side of ["width", "height"]) image.setAttribute(side, small.getAttribute(side));
  const stage = make("div", "stage");
  stage.append(image);
  const close = Object.assign(make("button", "btn small", words.close), { type: "button" });
  const bar = make("div", "row");
  bar.append(close);
  const dialog = Object.assign(make("dialog", "large"), { ariaLabel: small.alt });
  const under = make("div", "under");
  dialog.append(stage, bar, under);
  let drawing;
  const leave = () => drawing?.mayClose() !== false && dialog.close();
  const stepBack = (event) => {
    event.preventDefault();
    if (!drawing?.putDown()) leave();
  };
  close.addEventListener("click", leave);
  dialog.addEventListener("cancel", stepBack);
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && stepBack(event));
  dialog.addEventListener(
    "click",
    (event) => event.target === dialog && outside(dialog.getBoundingClientRect(), event) && leave(),
  );
  dialog.addEventListener("close", () => {
    drawing?.end();
    shown = undefined;
    dialog.remove();
    (opener?.isConnected ? opener : (box.querySelector("a.mark") ?? link)).focus(); // its line may be drawn anew
  });
  document.body.append(dialog);
  shown = { box, stage, under, dialog };
  mirror();
  dialog.showModal();
  const way = box.querySelector("a.mark[data-draw]");
  if (way)
    tools(way.href)
      .then((found) => {
        if (found && dialog.open)
          drawing = found.start({ dialog, stage, image, bar, close, url: way.href, tools: found.tools, room });
      })
      .catch(() => {}); // without a network a picture is still a picture
}

const outside = ({ left, right, top, bottom }, { clientX: x, clientY: y }) =>
  x < left || x > right || y < top || y > bottom;

let fetched; // the tools, once somebody may draw

async function tools(url) {
  if (!fetched) {
    const answer = await fetch(url, { headers: { Accept: "text/html", "X-Parts": "mark-tools" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("mark-tools");
    if (!found) return undefined;
    fetched = { ...(await import("rooms/pictures/annotations.js")), tools: found };
  }
  return fetched;
}

// What is open large shows what the talk shows.
export function mirror() {
  if (!shown) return;
  const { stage, under, dialog } = shown;
  const layerId = shown.box.querySelector("svg.marks")?.id;
  if (layerId && !shown.box.isConnected) shown.box = document.getElementById(layerId)?.closest(".marked"); // its message was drawn anew
  const { box } = shown;
  if (!box) return dialog.close(); // taken away
  stage.querySelector(".marks:not(.draft)")?.remove();
  const layer = box.querySelector("svg.marks")?.cloneNode(true);
  layer?.removeAttribute("id");
  if (layer) stage.querySelector("img").after(layer);
  under.replaceChildren(...[...box.querySelectorAll(".said")].map((said) => said.cloneNode(true)));
}
