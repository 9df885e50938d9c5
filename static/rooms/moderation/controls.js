// What keeps order may begin low on a phone: opened, its buttons stand above the composer.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.id === "order" && target.open) target.querySelector(".actions").scrollIntoView({ block: "nearest" });
  },
  true,
);
