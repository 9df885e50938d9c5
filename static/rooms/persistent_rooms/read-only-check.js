// A room that rests wakes by itself: while it rests, look each minute whether it can be written in again.

const state = (page) => page.getElementById("composer")?.dataset.state;

setInterval(async () => {
  if (state(document) !== "resting" || document.visibilityState !== "visible") return;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (state(page) !== "resting") location.reload();
}, 60_000);
