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

if (document.querySelector("[data-countdown]")) import("./countdown.js");

// What was typed is not lost by leaving the page.
const form = document.getElementById("bieu-mau");
if (form) {
  let typed = false;
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
}

// A reason of the library fills the words and the basis, unless one wrote something else there.
for (const box of document.querySelectorAll("[data-desk-reasons]")) {
  const standard = box.querySelector("[data-desk-standard]");
  const fields = [[box.querySelector("[data-desk-reason]"), "text"], [box.querySelector("[data-desk-basis]"), "basis"]];
  if (!standard) continue;
  let before = standard.selectedOptions[0]?.dataset ?? {};
  standard.addEventListener("change", () => {
    const chosen = standard.selectedOptions[0].dataset;
    for (const [field, key] of fields) {
      if (field && (!field.value.trim() || field.value === (before[key] ?? ""))) field.value = chosen[key] ?? "";
    }
    before = chosen;
  });
}
