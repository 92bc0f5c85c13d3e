// A phrase goes to where the caret was last, in the field of the same form that was used last.
for (const box of document.querySelectorAll("[data-desk-phrases]")) {
  const form = box.closest("form") ?? document;
  const fields = () => [...form.querySelectorAll("textarea")];
  if (!fields().length) {
    box.hidden = true;
    continue;
  }
  let field = null;
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea")) field = event.target;
  });
  for (const button of box.querySelectorAll("[data-desk-insert]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const target = field ?? fields()[0];
      const text = button.parentElement.querySelector("[data-desk-phrase]").textContent;
      const before = target.value.slice(0, target.selectionStart);
      const gap = before && !/\s$/.test(before) ? " " : "";
      target.focus();
      target.setRangeText(gap + text, target.selectionStart, target.selectionEnd, "end");
      target.dispatchEvent(new Event("input", { bubbles: true }));
      box.open = false;
    });
  }
}
