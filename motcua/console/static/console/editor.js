// What scripts add to the editor: it saves as one types, and the preview follows. Every page works without them.

const form = document.querySelector("[data-mc-editor-form]");
const state = document.querySelector("[data-mc-editor-state]");
const frame = document.querySelector(".mc-editor__frame");
const tabs = document.querySelector(".mc-editor__tabs");

// The tab of the preview that is shown.
if (tabs) {
  tabs.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    for (const other of tabs.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  });
}

function tell(text, wrong = false) {
  if (!state) return;
  state.textContent = text;
  state.classList.toggle("mc-editor__state--wrong", wrong);
}

// The preview is loaded again where it stood; what was answered in it stays.
function refresh() {
  if (!frame || !frame.contentWindow) return;
  const inside = frame.contentWindow;
  try {
    const trial = inside.document.querySelector("[data-mc-preview]");
    if (trial) inside.dispatchEvent(new CustomEvent("mc-refresh"));
    else inside.location.reload();
  } catch { /* a page from elsewhere: nothing to refresh */ }
}

// Mistakes and readings beside their inputs.
function showProblems(problems, readings) {
  for (const box of form.querySelectorAll("[data-mc-control]")) {
    const id = box.dataset.mcControl;
    const inner = box.querySelector(":scope [data-mc-control]");
    if (inner) continue;
    const group = box.querySelector(".govuk-form-group");
    if (!group) continue;
    const input = box.querySelector("input:not([type=hidden]), select, textarea");
    let message = box.querySelector(".govuk-error-message");
    const told = problems[id];
    group.classList.toggle("govuk-form-group--error", Boolean(told));
    if (!told) {
      if (message) message.remove();
      if (input) input.removeAttribute("aria-invalid");
    } else {
      if (!message) {
        message = Object.assign(document.createElement("p"), { className: "govuk-error-message", id: `${id}-error` });
        (input || group.lastElementChild).before(message);
      }
      message.textContent = told;
      if (input) input.setAttribute("aria-invalid", "true");
    }
    const reading = box.querySelector(`[data-mc-reading="${CSS.escape(id)}"]`);
    if (reading) {
      reading.textContent = readings[id] || "";
      reading.hidden = !readings[id];
    }
  }
}

function showCounts(counts, total) {
  for (const link of document.querySelectorAll("[data-mc-editor-nav] .mc-side__link")) {
    const slug = new URL(link.href).pathname.split("/").at(-2);
    const count = slug === "loi" ? total : counts[slug] || 0;
    let badge = link.querySelector(".mc-count");
    if (!count) { if (badge) badge.remove(); continue; }
    if (slug === link.pathname.split("/").at(-2) && (slug in counts || slug === "loi")) {
      if (!badge) {
        badge = Object.assign(document.createElement("span"), { className: "mc-count" });
        link.append(" ", badge);
      }
      badge.textContent = count;
    }
  }
}

if (form) {
  let timer = 0;
  let sending = null;
  let again = false;
  let dirty = false;

  const save = async () => {
    if (sending) { again = true; return; }
    clearTimeout(timer);
    const data = new FormData(form);
    data.set("do", "save");
    dirty = false;
    sending = fetch(form.action, { method: "POST", body: data, redirect: "manual", headers: { "X-Requested-With": "fetch" } });
    try {
      const response = await sending;
      if (response.ok) {
        const answer = await response.json();
        form.elements.base.value = answer.base;
        tell(answer.saved);
        showProblems(answer.problems, answer.readings);
        for (const [id, name] of Object.entries(answer.names)) {
          const input = document.getElementById(id);
          if (input && !input.value) input.value = name; // proposed from the words
        }
        showCounts(answer.counts, answer.total);
        refresh();
      } else if (response.status === 409) {
        dirty = true;
        tell((await response.json()).problem, true);
      } else {
        dirty = true;
        tell(form.dataset.mcOffline, true);
      }
    } catch {
      dirty = true;
      tell(form.dataset.mcOffline, true);
    } finally {
      sending = null;
      if (again) { again = false; save(); }
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target.name && event.target.name.includes("~")) return; // the builder's own lists
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, 600);
  });
  form.addEventListener("input", () => { dirty = true; });
  let leaving = false;
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    const button = event.submitter;
    if (sending && !leaving) { // let the save that is on its way arrive first: it changes what the page is based on
      event.preventDefault();
      await sending.catch(() => {});
      setTimeout(() => { leaving = true; form.requestSubmit(button); }, 50);
      return;
    }
    dirty = false;
  });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

  // A mistake within what is folded away is unfolded.
  for (const message of form.querySelectorAll(".govuk-error-message")) {
    const folded = message.closest("details");
    if (folded) folded.open = true;
  }
}

// Arriving at an input: unfold what hides it, and go there; after the browser's own jump, which would take the focus away.
function arrive() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let folded = target.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
  const input = target.matches("input, select, textarea") ? target : target.querySelector("input:not([type=hidden]), select, textarea");
  target.scrollIntoView({ block: "center" });
  if (input) input.focus({ preventScroll: true });
}
if (location.hash) {
  arrive();
  const start = document.activeElement;
  window.addEventListener("load", () => setTimeout(() => {
    if (document.activeElement === document.body || document.activeElement === start) arrive();
  }, 0));
}

// Where the pages stand in one line, the one that is shown is in sight.
const here = document.querySelector("[data-mc-editor-nav] [aria-current]");
if (here) here.closest("ul").scrollLeft = here.offsetLeft - 16;
