// The preview of a form reacts to answers: the server says what is asked, which papers and which fee; nothing is kept.
const form = document.querySelector("[data-mc-preview]");

async function again() {
  const answers = new FormData(form);
  const response = await fetch(location.href, { method: "POST", body: answers });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const parts = page.querySelector("[data-mc-preview-parts]");
  if (parts) document.querySelector("[data-mc-preview-parts]").replaceWith(parts);
  for (const group of page.querySelectorAll("[data-mc-group]")) {
    const mine = form.querySelector(`[data-mc-group="${CSS.escape(group.dataset.mcGroup)}"]`);
    if (mine) mine.hidden = group.hidden;
  }
}
async function renewed() {
  const answers = new FormData(form);
  const response = await fetch(location.href, { method: "POST", body: answers });
  if (!response.ok) { location.reload(); return; }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[data-mc-preview]");
  if (!fresh) { location.reload(); return; }
  const top = window.scrollY;
  form.replaceChildren(...fresh.childNodes);
  window.scrollTo(0, top);
}
if (form) {
  form.addEventListener("change", again);
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.formTarget === "_top") return; // kept as an example
    event.preventDefault();
    renewed();
  });
  window.addEventListener("mc-refresh", renewed);
} else {
  window.addEventListener("mc-refresh", () => location.reload());
}
