// What scripts add to the pages of filing: saving as one types, uploads that stay on the page, rows, the code.
// Every page works without them.

import { conditions } from "../ui/form/conditions.js";
import { places } from "../ui/form/places.js";
import { tables } from "../ui/form/tables.js";

const page = document.querySelector("[data-mc-filing]");
const form = page && page.querySelector("[data-mc-form]");
const words = page ? JSON.parse(page.dataset.mcWords) : {};
const say = (word, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`%{${name}}`, value), words[word]);
const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1]
  || (document.querySelector("[name=csrfmiddlewaretoken]") || {}).value || "";
const asking = (headers = {}) => ({ "X-CSRFToken": token(), "X-Requested-With": "fetch", ...headers });
if (page) page.classList.add("mc-filing--live");

class LoggedOut extends Error {}

// The state of saving, read out politely.
const saved = page && page.querySelector("[data-mc-saved]");
const savedText = saved && saved.querySelector("[data-mc-saved-text]");
function tell(text, wrong = false, link = null) {
  if (!saved) return;
  saved.classList.toggle("mc-filing-saved--wrong", wrong);
  if (savedText.textContent !== text || link) savedText.textContent = text;
  if (link) {
    const anchor = Object.assign(document.createElement("a"), { className: "govuk-link", textContent: link.text, href: link.href });
    if (link.fresh) Object.assign(anchor, { target: "_blank", rel: "noopener" });
    savedText.append(" ", anchor);
  }
}
const loginLink = () => ({ text: words.login, href: page.dataset.login, fresh: true });

// --- conditions ---------------------------------------------------------------------------------------------------

const { show: showAsked, hideAsTold, groupOf } = form ? conditions(form) : {};

// What was put right is no longer shown as wrong; new mistakes are told when one goes on, not while one types.
function clearRight(groups, wrong) {
  const still = new Set(wrong);
  for (const name of groups) {
    const group = groupOf(name);
    for (const message of group ? group.querySelectorAll(".govuk-error-message[id]") : []) {
      const id = message.id.replace(/-error$/, "").replace(/-group$/, "");
      if (still.has(id)) continue;
      const box = message.closest("td, .govuk-form-group");
      message.remove();
      box.classList.remove("govuk-form-group--error");
      for (const input of box.querySelectorAll("[aria-invalid]")) {
        if (input.closest("td, .govuk-form-group") !== box) continue;
        input.removeAttribute("aria-invalid");
        input.classList.remove("govuk-input--error", "govuk-select--error", "govuk-textarea--error");
      }
      const told = page.querySelector(`.govuk-error-summary a[href="#${CSS.escape(id)}"]`);
      if (told) told.closest("li").remove();
    }
  }
  const summary = page.querySelector(".govuk-error-summary");
  if (summary && !summary.querySelector("li")) summary.remove();
}

// --- saving as one types --------------------------------------------------------------------------------------------

const pending = new Map(); // group → {name: [values]}
const shelf = page && `mc-draft:${page.dataset.draft}:${page.dataset.step}`;
let timer = 0;
let pause = 5000;
let sending = null;
let savedAt = page && page.dataset.savedAt;

function contentOf(group) {
  const content = {};
  const radios = new Set();
  for (const input of group.querySelectorAll("input, select, textarea")) {
    if (!input.name || input.type === "file" || input.name.startsWith("mc.")) continue;
    content[input.name] ||= [];
    if (input.type === "radio") radios.add(input.name);
    if ((input.type === "radio" || input.type === "checkbox") && !input.checked) continue;
    content[input.name].push(input.value);
  }
  for (const name of radios) if (!content[name].length) delete content[name];
  return content;
}
function shelve() {
  try {
    if (!pending.size) localStorage.removeItem(shelf);
    else localStorage.setItem(shelf, JSON.stringify({ base: savedAt, groups: Object.fromEntries(pending) }));
  } catch { /* no room, or storage is closed: the page itself still holds everything */ }
}
const stale = new Set(); // groups whose content is to be read before it is sent
let wantsProblems = false;
function readStale() {
  for (const group of stale) pending.set(group.dataset.mcGroup, contentOf(group));
  stale.clear();
}
function changed(target, wait = 900, tellProblems = false) {
  const group = target.closest("[data-mc-group]");
  if (!group || target.name?.startsWith("mc.")) return;
  wantsProblems ||= tellProblems;
  stale.add(group);
  clearTimeout(timer);
  timer = setTimeout(flush, wait);
}
async function send(groups) {
  const data = Object.assign({}, ...groups.map(([, content]) => content));
  const response = await fetch(page.dataset.autosave, {
    method: "POST", redirect: "manual", headers: asking({ "Content-Type": "application/json" }),
    body: JSON.stringify({ step: page.dataset.step, groups: groups.map(([name]) => name), data, tell: wantsProblems }),
  });
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) throw new LoggedOut();
  if (response.status === 409) return { ...(await response.json()), gone: true };
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}
// Sends what waits; true when the server has everything.
async function flush() {
  clearTimeout(timer);
  readStale();
  if (sending) { await sending; return pending.size || stale.size ? flush() : true; }
  if (!pending.size) return true;
  const groups = [...pending.entries()];
  tell(words.saving);
  sending = send(groups).then((answer) => {
    for (const [name, content] of groups) if (pending.get(name) === content) pending.delete(name);
    pause = 5000;
    if (answer.gone) tell(answer.problem, true, { text: words.submitted, href: answer.submitted });
    else {
      savedAt = answer.saved_at;
      tell(say("saved", { time: answer.saved }));
      hideAsTold(answer.hidden);
      clearRight(groups.map(([name]) => name), answer.wrong);
      showLive(answer);
    }
    shelve();
    return true;
  }, (problem) => {
    shelve();
    if (problem instanceof LoggedOut) tell(words.expired, true, loginLink());
    else tell(words.offline, true);
    timer = setTimeout(flush, pause);
    pause = Math.min(pause * 2, 60000);
    return false;
  });
  const done = await sending;
  sending = null;
  return done;
}

// What the server worked out of the answers, beside its questions.
function showLive({ computed = {}, warnings = null, problems = null }) {
  for (const [name, text] of Object.entries(computed)) {
    const output = form.querySelector(`[data-mc-computed="${CSS.escape(name)}"]`);
    if (output && output.textContent !== (text || "–")) output.textContent = text || "–";
  }
  if (warnings) for (const box of form.querySelectorAll("[data-mc-warning]")) {
    const text = warnings[box.dataset.mcWarning] || "";
    if (box.lastElementChild.textContent !== text) box.lastElementChild.textContent = text;
    box.hidden = !text;
  }
  if (problems && wantsProblems) {
    wantsProblems = false;
    for (const [name, text] of Object.entries(problems)) showWrong(name, text);
  }
}
function showWrong(name, text) {
  const input = document.getElementById(name);
  const box = input && input.closest("td, .govuk-form-group");
  if (!box || box.querySelector(".govuk-error-message")) return;
  const message = Object.assign(document.createElement("p"), { className: "govuk-error-message", id: `${name}-error`, textContent: text });
  box.classList.add("govuk-form-group--error");
  input.classList.add(input instanceof HTMLSelectElement ? "govuk-select--error" : "govuk-input--error");
  input.setAttribute("aria-invalid", "true");
  if (box.tagName === "TD") box.append(message); else input.before(message);
}

// What an earlier visit could not send: taken up again at once, or offered when the draft was changed elsewhere since.
function restore(groups) {
  for (const [name, content] of Object.entries(groups)) {
    const group = groupOf(name);
    if (!group) continue;
    rows.fitRows(group, content);
    for (const [key, values] of Object.entries(content)) {
      for (const input of group.querySelectorAll(`[name="${CSS.escape(key)}"]`)) {
        if (input.type === "radio" || input.type === "checkbox") {
          if (input.checked !== values.includes(input.value)) input.click();
        } else if (values.length) {
          if (input instanceof HTMLSelectElement && values[0] && ![...input.options].some((option) => option.value === values[0])) input.add(new Option(values[0], values[0]));
          input.value = values[0];
          input.dispatchEvent(new Event("mc-set"));
        }
      }
    }
    pending.set(name, contentOf(group));
  }
  showAsked();
  flush();
}
function takeUpKept() {
  let kept;
  try { kept = JSON.parse(localStorage.getItem(shelf) || "null"); } catch { return; }
  if (!kept) return;
  if (kept.base === savedAt) { restore(kept.groups); return; }
  const box = document.createElement("div");
  box.className = "mc-filing-kept";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", words.kept);
  box.append(Object.assign(document.createElement("p"), { textContent: words.kept }));
  const buttons = Object.assign(document.createElement("div"), { className: "govuk-button-group" });
  for (const [word, act] of [["useKept", () => restore(kept.groups)], ["dropKept", () => localStorage.removeItem(shelf)]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "govuk-button govuk-button--secondary", textContent: words[word] });
    button.addEventListener("click", () => { act(); box.remove(); });
    buttons.append(button);
  }
  box.append(buttons);
  form.before(box);
}

// --- the code -------------------------------------------------------------------------------------------------------------

function prepareCode(box) {
  const picture = box.querySelector("[data-mc-picture]");
  const sound = box.querySelector("[data-mc-sound]");
  const audio = box.querySelector("[data-mc-audio]");
  const key = box.querySelector("[data-mc-key]");
  sound.addEventListener("click", (event) => {
    event.preventDefault();
    audio.src = sound.href;
    audio.play().catch(() => { location.assign(sound.href); });
    box.querySelector("#code").focus();
  });
  box.querySelector("[data-mc-new]").addEventListener("click", async (event) => {
    event.preventDefault();
    const button = event.currentTarget;
    try {
      const response = await fetch(box.dataset.new, { method: "POST", headers: asking() });
      if (response.status === 401) { tell(words.expired, true, loginLink()); return; }
      const answer = await response.json();
      [picture.src, sound.href, key.value] = [answer.picture, answer.sound, answer.key];
      box.querySelector("#code").value = "";
      box.querySelector("#code").focus();
      tell(words.newCode);
    } catch { form.requestSubmit(button); }
  });
}

// --- going on --------------------------------------------------------------------------------------------------------------

let leaving = false;
async function goOn(event) {
  if (leaving) return;
  const button = event.submitter;
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token() || input.value;
  readStale();
  if (!pending.size && !sending && navigator.onLine) return;
  event.preventDefault();
  if (await flush()) { leaving = true; form.requestSubmit(button); }
}

let rows = null;
if (form) {
  rows = tables(form, { changed, tell, say, words, asking });
  places(form, words);
  showAsked();
  takeUpKept();
  form.addEventListener("input", (event) => { if (event.target.type !== "file") { showAsked(); changed(event.target); } });
  form.addEventListener("change", (event) => { if (event.target.type !== "file") { showAsked(); changed(event.target, 150); } });
  form.addEventListener("submit", goOn);
  const code = form.querySelector("[data-mc-code]");
  if (code) prepareCode(code);
  addEventListener("online", flush);
  addEventListener("focus", () => { if (pending.size || stale.size) flush(); });
  addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  addEventListener("pagehide", () => {
    readStale();
    if (!pending.size) return;
    shelve();
    const groups = [...pending.entries()];
    fetch(page.dataset.autosave, {
      method: "POST", keepalive: true, headers: asking({ "Content-Type": "application/json" }),
      body: JSON.stringify({ step: page.dataset.step, groups: groups.map(([name]) => name), data: Object.assign({}, ...groups.map(([, content]) => content)) }),
    }).then((response) => { if (response.ok) localStorage.removeItem(shelf); }, () => {});
  });
}

export { asking, form, LoggedOut, loginLink, page, say, tell, words };
