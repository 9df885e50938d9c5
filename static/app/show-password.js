// A button beside each password field that shows what is being typed; hidden again when the form is sent.
for (const box of document.querySelectorAll("[data-show-word]")) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? box.dataset.hideWord : box.dataset.showWord;
    button.setAttribute("aria-pressed", String(shown));
  };
  button.type = "button";
  button.className = "btn quiet";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  box.append(button);
}
