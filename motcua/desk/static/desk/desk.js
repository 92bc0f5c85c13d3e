// Say which paper stands beside the form. Without scripts the links open it there just the same.
const name = document.querySelector("[data-desk-preview-name]");
const links = [...document.querySelectorAll("[data-desk-preview]")];
const frame = document.querySelector("iframe[name=preview]");

function mark(address) {
  for (const link of links) {
    if (link.href === address) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
if (frame) mark(frame.src);
for (const link of links) {
  link.addEventListener("click", () => {
    if (name) name.textContent = link.textContent.trim();
    mark(link.href);
  });
}

// What was typed is not lost by leaving the page.
const form = document.getElementById("bieu-mau");
if (form) {
  let typed = false;
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
}
