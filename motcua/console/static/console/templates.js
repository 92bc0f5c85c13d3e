// The template that is typed is drawn again a moment after the last key; who types keeps the caret.
const form = document.querySelector("[data-mc-template]");
const button = form?.querySelector("[data-mc-template-preview]");
const source = form?.querySelector("textarea");
const frame = document.querySelector("iframe[name=xem-truoc]");
let waiting = 0;

source?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.requestSubmit(button), 1200);
});
source?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(button);
});
let typing = false;
form?.addEventListener("submit", () => { typing = document.activeElement === source; });
frame?.addEventListener("load", () => { if (typing) source.focus({ preventScroll: true }); });
