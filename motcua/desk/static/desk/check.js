// Keep each tick as it is made, and let the keyboard do all of it. Without scripts the buttons below do the same.
const form = document.querySelector("[data-desk-check]");
const rows = [...form.querySelectorAll("[data-desk-row]")];
const sum = form.querySelector("[data-desk-sum]");
const next = form.querySelector("[data-desk-next]");
const waiting = new Map();

form.querySelector("[data-desk-save]").hidden = true;
document.querySelector("[data-desk-keys]").hidden = false;

async function keep(row) {
  const key = row.dataset.deskRow;
  if (!row.querySelector("input[type=radio]:checked")) return;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("only", key);
  for (const field of row.querySelectorAll("[name]")) {
    if (field.type !== "radio" || field.checked) body.set(field.name, field.value);
  }
  const told = row.querySelector("[data-desk-saved]");
  try {
    const answer = await fetch(location.pathname, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    told.textContent = said.problem ?? said.saved;
    if (said.problem) return;
    sum.textContent = said.sum;
    next.textContent = said.next;
    row.querySelector("[data-desk-leave]").hidden = !said.leave;
  } catch {
    told.textContent = form.dataset.failed;
    form.querySelector("[data-desk-save]").hidden = false;
  }
}

function soon(row, pause) {
  clearTimeout(waiting.get(row));
  waiting.set(row, setTimeout(() => keep(row), pause));
}

for (const row of rows) {
  row.addEventListener("change", () => soon(row, 50));
  row.addEventListener("input", (event) => { if (event.target.type !== "radio") soon(row, 900); });
  row.addEventListener("focusin", () => here(row));
}
form.addEventListener("submit", () => { for (const timer of waiting.values()) clearTimeout(timer); });

let place = -1;
function here(row) {
  for (const one of rows) one.classList.toggle("is-here", one === row);
  place = rows.indexOf(row);
}
function go(step) {
  const row = rows[Math.min(Math.max(place + step, 0), rows.length - 1)];
  here(row);
  (row.querySelector("input[type=radio]:checked") ?? row.querySelector("input[type=radio]")).focus();
  row.scrollIntoView({ block: "nearest" });
  show(row);
}
function show(row) {
  const link = row.querySelector("[data-desk-preview]");
  if (link && link.offsetParent) link.click();
}
function answer(row, value) {
  const radio = row.querySelector(`input[type=radio][value=${value}]`);
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, input:not([type=radio])")) return;
  const row = rows[place];
  const acts = {
    j: () => go(1),
    k: () => go(-1),
    d: () => { if (row) { answer(row, "good"); go(1); } },
    c: () => { if (row) { answer(row, "bad"); row.querySelector("select, textarea")?.focus(); } },
    v: () => { if (row) show(row); },
  };
  const act = acts[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
