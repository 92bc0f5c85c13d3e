// What scripts add to entering a dossier at the counter: questions that come and go, rows, saving as one types.
import { conditions } from "../ui/form/conditions.js";
import { places } from "../ui/form/places.js";
import { tables } from "../ui/form/tables.js";

const form = document.getElementById("bieu-mau-quay");
const words = JSON.parse(form.dataset.counterWords);
const say = (word, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`%{${name}}`, value), words[word]);
const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
const asking = (headers = {}) => ({ "X-CSRFToken": token(), "X-Requested-With": "fetch", ...headers });
const saved = form.querySelector("[data-counter-saved]");
const tell = (text, wrong = false) => {
  saved.textContent = text;
  saved.classList.toggle("counter-bar__saved--wrong", wrong);
};
form.classList.add("counter-live");

let timer = 0;
let pause = 1200;
let dirty = false;
let sending = null;
let leaving = false;

// Everything but files and what is looked up goes along: the server keeps it whatever the state it is in.
function content() {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  for (const name of ["lookup", "cash"]) data.delete(name);
  data.set("mc.action", "autosave");
  return data;
}
async function save() {
  clearTimeout(timer);
  if (!dirty || leaving) return;
  if (sending) { await sending; return save(); }
  dirty = false;
  tell(words.saving);
  sending = fetch(form.action, { method: "POST", redirect: "manual", headers: asking(), body: content() })
    .then((response) => { if (!response.ok) throw new Error(String(response.status)); return response.json(); })
    .then((answer) => {
      pause = 1200;
      tell(say("saved", { time: answer.saved }));
      hideAsTold(answer.hidden);
      for (const [name, text] of Object.entries(answer.computed)) {
        const output = form.querySelector(`[data-mc-computed="${CSS.escape(name)}"]`);
        if (output) output.textContent = text || "–";
      }
      for (const box of form.querySelectorAll("[data-mc-warning]")) {
        const text = answer.warnings[box.dataset.mcWarning] || "";
        box.lastElementChild.textContent = text;
        box.hidden = !text;
      }
    })
    .catch(() => { dirty = true; tell(words.offline, true); pause = Math.min(pause * 2, 60000); timer = setTimeout(save, pause); });
  await sending;
  sending = null;
}
function changed(_target, wait = 1200) {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(wait, pause));
}

const { show, hideAsTold } = conditions(form);
tables(form, { changed, tell, say, words, asking });
places(form, words);
show();
const typed = (event) => {
  if (event.target.type === "file" || event.target.name === "lookup") return;
  show();
  changed(event.target);
};
form.addEventListener("input", typed);
form.addEventListener("change", typed);
// What is on its way is let through first, so that the older content never comes after what is sent now.
const tooLong = () => new Promise((done) => setTimeout(done, 4000));
form.addEventListener("submit", (event) => {
  leaving = true;
  clearTimeout(timer);
  if (!sending) return;
  event.preventDefault();
  const button = event.submitter;
  Promise.race([sending, tooLong()]).then(() => { sending = null; form.requestSubmit(button); });
});
addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
addEventListener("beforeunload", (event) => { if (dirty && !leaving) event.preventDefault(); });
form.querySelector("#lookup").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button[value=find]"));
});
