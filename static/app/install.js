// "Đưa ra màn hình chính": offered where the browser says that it can; on iPhones it is said how, since they never say.

const box = document.querySelector("[data-install]");
const part = (name) => box.querySelector(`[data-${name}]`);
const installed = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
const apple =
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

function show(name) {
  for (const one of ["button", "apple", "done"]) part(one).hidden = one !== name;
  box.hidden = false;
}

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  show("button");
  part("button").querySelector("button").onclick = async () => {
    event.prompt();
    const { outcome } = await event.userChoice;
    if (outcome === "accepted") show("done");
    else box.hidden = true; // it can be asked once; the page says it again next time
  };
});

addEventListener("appinstalled", () => {
  show("done");
  import("app/emergency-card.js"); // from now on there is a page to show without a network
});

if (apple && !installed) show("apple");
