// "Tải bài tập về máy" on the page of a rehearsal. A copy of an older text is made anew at once: runs of that text would
// no longer count.
import * as saved from "lessons/offline/saved-items.js";

const box = document.querySelector("[data-keep]");

if (saved.able) {
  await saved.offer(box);
  const [take] = box.querySelectorAll("button");
  if (box.matches(".held") && !take.hidden && navigator.onLine) take.click();
  const show = () => (box.querySelector("[data-there]").hidden = !box.matches(".held"));
  new MutationObserver(show).observe(box, { attributeFilter: ["class"] });
  show();
}
