// The inbox with the keyboard, a batch bar that appears when something is chosen, and the camera as a scanner.
// Without any of it every row is a link, every button is there, and the search takes what a scanner types.
const root = document.querySelector("[data-inbox]");
const rows = [...root.querySelectorAll("[data-row]")];
const search = document.getElementById("q");
const sheet = root.querySelector("[data-keys]");

// On a narrow screen the list comes first: filters that ask for nothing are folded, and the open list's name is in sight.
const narrow = window.matchMedia("(max-width: 40em)").matches;
for (const fold of root.querySelectorAll("[data-fold]")) if (narrow && !("keep" in fold.dataset)) fold.open = false;
for (const current of root.querySelectorAll("[data-tab][aria-current]")) {
  const list = current.closest("ul");
  list.scrollLeft = current.offsetLeft - list.offsetLeft - 24;
}

// --- choosing ------------------------------------------------------------------------------------------------

const picks = [...root.querySelectorAll("[data-pick]")];
const bar = root.querySelector("[data-batch-bar]");
const count = root.querySelector("[data-batch-count]");
const none = root.querySelector("[data-batch-none]");
const entire = root.querySelector("[data-batch-entire]"); // the list with its other pages
const whole = root.querySelector("[data-pick-all]");
const all = whole && whole.querySelector("input");

function counted() {
  const chosen = picks.filter((pick) => pick.checked).length;
  if (bar) {
    if (entire && chosen < picks.length) entire.checked = false; // who leaves one out does not mean all
    bar.hidden = chosen === 0;
    count.textContent = entire && entire.checked ? count.dataset.entire : count.dataset.words.replace("§", chosen);
    all.checked = chosen > 0 && chosen === picks.length;
    all.indeterminate = chosen > 0 && chosen < picks.length;
  }
  for (const pick of picks) pick.closest("[data-row]").classList.toggle("desk-list__picked", pick.checked);
}
function choose(wanted) {
  for (const pick of picks) pick.checked = wanted;
  counted();
}
let last = null;
for (const pick of picks) {
  pick.addEventListener("click", (event) => { // with Shift, everything from the one before
    if (event.shiftKey && last) {
      const [from, to] = [picks.indexOf(last), picks.indexOf(pick)].sort((a, b) => a - b);
      for (const between of picks.slice(from, to + 1)) between.checked = pick.checked;
    }
    last = pick;
    counted();
  });
}
if (bar) {
  whole.hidden = none.hidden = false;
  bar.classList.add("desk-batch__bar--floats");
  all.addEventListener("change", () => choose(all.checked));
  if (entire) entire.addEventListener("change", () => choose(entire.checked));
  none.addEventListener("click", () => { choose(false); if (all) all.focus(); });
  counted();
  window.addEventListener("pageshow", counted); // the browser may keep what was ticked when one comes back
}

// --- the keyboard --------------------------------------------------------------------------------------------

const link = (row) => row.querySelector(".desk-list__link");
const place = () => rows.findIndex((row) => row.contains(document.activeElement));
function step(by) {
  if (!rows.length) return;
  const here = place();
  const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by));
  link(rows[next]).focus({ preventScroll: true });
  rows[next].scrollIntoView({ block: "nearest" });
}
const writes = (target) => target.closest("textarea, select, [contenteditable]")
  || (target.matches("input") && !["checkbox", "radio", "button", "submit"].includes(target.type));
const follow = (selector) => { const found = document.querySelector(selector); if (found) found.click(); };

let waits = 0; // a list is called by "g" and its letter, within a moment
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (writes(event.target)) event.target.blur();
    else if (picks.some((pick) => pick.checked)) choose(false);
    return;
  }
  if (writes(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (Date.now() < waits) {
    waits = 0;
    const tab = /^[a-z]$/.test(key) && root.querySelector(`[data-tab="${key}"]`);
    if (tab) { event.preventDefault(); tab.click(); }
    return;
  }
  const act = {
    j: () => step(1),
    k: () => step(-1),
    x: () => { const row = rows[place()]; const pick = row && row.querySelector("[data-pick]"); if (pick) { pick.checked = !pick.checked; last = pick; counted(); } },
    n: () => follow("[rel=next]"),
    p: () => follow("[rel=prev]"),
    g: () => { waits = Date.now() + 1500; },
    "/": () => { search.focus(); search.select(); },
    "?": () => sheet.showModal(),
  }[key];
  if (act) { event.preventDefault(); act(); }
});
for (const opener of root.querySelectorAll("[data-keys-open]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => sheet.showModal());
}

// --- the camera as a scanner ---------------------------------------------------------------------------------

const camera = root.querySelector("[data-camera]");
const dialog = root.querySelector("[data-camera-dialog]");
async function formats() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return [];
  const known = await window.BarcodeDetector.getSupportedFormats();
  return ["qr_code", "code_128", "code_39"].filter((one) => known.includes(one));
}
async function scan(wanted) {
  const view = dialog.querySelector("[data-camera-view]");
  const text = dialog.querySelector("[data-camera-text]");
  let stream;
  dialog.showModal();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    text.textContent = text.dataset.blocked;
    return;
  }
  dialog.addEventListener("close", () => stream.getTracks().forEach((track) => track.stop()), { once: true });
  view.srcObject = stream;
  await view.play();
  const detector = new window.BarcodeDetector({ formats: wanted });
  while (dialog.open) {
    const found = await detector.detect(view).catch(() => []);
    if (found.length) {
      dialog.close();
      search.value = found[0].rawValue;
      search.form.requestSubmit();
      return;
    }
    await new Promise((again) => setTimeout(again, 150));
  }
}
if (camera) {
  formats().then((wanted) => {
    if (!wanted.length) return;
    camera.hidden = false;
    camera.addEventListener("click", () => scan(wanted));
  }).catch(() => {});
}
