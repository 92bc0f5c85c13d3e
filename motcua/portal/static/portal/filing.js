// What scripts add to the pages of filing: saving as one types, uploads that stay on the page, rows, the code.
// Every page works without them.

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

const groupOf = (name) => form.querySelector(`[data-mc-group="${CSS.escape(name)}"]`);
function valuesOf(name) {
  const group = groupOf(name);
  if (!group || group.hidden) return [];
  return [...new FormData(form).entries()].filter(([key]) => key === name).map(([, value]) => String(value));
}
function holds([operator, name, wanted]) {
  const values = valuesOf(name);
  const value = values[0] || "";
  if (operator === "==") return value === wanted;
  if (operator === "!=") return value !== wanted;
  if (operator === "in") return wanted.includes(value);
  return values.includes(wanted);
}
function showAsked() {
  for (const group of form.querySelectorAll("[data-mc-when]:not([data-mc-when=''])")) {
    group.hidden = !JSON.parse(group.dataset.mcWhen).every(holds);
  }
}
function hideAsTold(hidden) {
  for (const group of form.querySelectorAll("[data-mc-when='']")) group.hidden = hidden.includes(group.dataset.mcGroup);
}

// What was put right is no longer shown as wrong; new mistakes are told when one goes on, not while one types.
function clearRight(groups, wrong) {
  for (const name of groups) {
    const group = groupOf(name);
    for (const box of group ? group.querySelectorAll(".govuk-form-group--error") : []) {
      const id = ((box.querySelector(".govuk-error-message") || {}).id || "").replace(/-error$/, "").replace(/-group$/, "");
      if (!id || wrong.includes(id) || box.querySelector(".govuk-form-group--error")) continue;
      box.classList.remove("govuk-form-group--error");
      for (const message of box.querySelectorAll(".govuk-error-message")) message.remove();
      for (const input of box.querySelectorAll("[aria-invalid]")) {
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
  for (const input of group.querySelectorAll("input, select, textarea")) {
    if (!input.name || input.type === "file" || input.closest("template")) continue;
    content[input.name] ||= [];
    if ((input.type === "radio" || input.type === "checkbox") && !input.checked) continue;
    content[input.name].push(input.value);
  }
  for (const [name, values] of Object.entries(content)) {
    const one = group.querySelector(`[name="${CSS.escape(name)}"]`);
    if (!values.length && one.type === "radio") delete content[name];
  }
  return content;
}
function shelve() {
  try {
    if (!pending.size) localStorage.removeItem(shelf);
    else localStorage.setItem(shelf, JSON.stringify({ base: savedAt, groups: Object.fromEntries(pending) }));
  } catch { /* no room, or storage is closed: the page itself still holds everything */ }
}
function changed(target, wait = 900) {
  const group = target.closest("[data-mc-group]");
  if (!group) return;
  pending.set(group.dataset.mcGroup, contentOf(group));
  clearTimeout(timer);
  timer = setTimeout(flush, wait);
}
async function send(groups) {
  const data = Object.assign({}, ...groups.map(([, content]) => content));
  const response = await fetch(page.dataset.autosave, {
    method: "POST", redirect: "manual", headers: asking({ "Content-Type": "application/json" }),
    body: JSON.stringify({ step: page.dataset.step, groups: groups.map(([name]) => name), data }),
  });
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) throw new LoggedOut();
  if (response.status === 409) return { ...(await response.json()), gone: true };
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}
// Sends what waits; true when the server has everything.
async function flush() {
  clearTimeout(timer);
  if (sending) { await sending; return pending.size ? flush() : true; }
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

// What an earlier visit could not send: taken up again at once, or offered when the draft was changed elsewhere since.
function restore(groups) {
  for (const [name, content] of Object.entries(groups)) {
    const group = groupOf(name);
    if (!group) continue;
    fitRows(group, content);
    for (const [key, values] of Object.entries(content)) {
      for (const input of group.querySelectorAll(`[name="${CSS.escape(key)}"]`)) {
        if (input.type === "radio" || input.type === "checkbox") {
          if (input.checked !== values.includes(input.value)) input.click();
        } else if (values.length) input.value = values[0];
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

// --- rows of tables ---------------------------------------------------------------------------------------------------

const rowsOf = (table) => [...table.querySelectorAll(":scope > [data-mc-row]")];
function renumber(table) {
  const name = table.dataset.mcTable;
  rowsOf(table).forEach((row, place) => {
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of ["id", "name", "for", "aria-describedby", "aria-labelledby", "data-aria-controls", "value"]) {
        const value = element.getAttribute(attribute);
        if (value === null || (attribute === "value" && element.name !== "mc.action")) continue;
        element.setAttribute(attribute, value
          .replace(new RegExp(`(^|\\s)${name}-(?:\\d+|__row__)-`, "g"), `$1${name}-${place}-`)
          .replace(new RegExp(`^remove:${name}:.*`), `remove:${name}:${place}`));
      }
    }
    for (const number of row.querySelectorAll("[data-mc-number]")) number.textContent = place + 1;
  });
  const most = Number(table.dataset.mcMost);
  table.querySelector("[data-mc-add]").hidden = most > 0 && rowsOf(table).length >= most;
}
function addRow(table) {
  const row = table.querySelector("[data-mc-row-template]").content.firstElementChild.cloneNode(true);
  const last = rowsOf(table).pop();
  if (last) last.after(row); else table.prepend(row);
  renumber(table);
  return row;
}
function fitRows(group, content) {
  const table = group.querySelector("[data-mc-table]");
  if (!table) return;
  const places = Object.keys(content).map((name) => Number((name.match(/-(\d+)-/) || [])[1])).filter(Number.isInteger);
  while (rowsOf(table).length <= Math.max(0, ...places)) addRow(table);
}
function workRows(event) {
  const button = event.target.closest("[data-mc-add], [data-mc-remove]");
  if (!button) return;
  const table = button.closest("[data-mc-table]");
  event.preventDefault();
  if ("mcAdd" in button.dataset) {
    const row = addRow(table);
    row.querySelector("input, select, textarea").focus();
    tell(say("rowAdded", { number: rowsOf(table).length }));
    return;
  }
  const row = button.closest("[data-mc-row]");
  const place = rowsOf(table).indexOf(row);
  if (rowsOf(table).length === 1) {
    for (const input of row.querySelectorAll("input, select, textarea")) { input.value = ""; input.checked = false; }
  } else row.remove();
  renumber(table);
  changed(table, 0);
  tell(words.rowRemoved);
  const near = rowsOf(table)[Math.min(place, rowsOf(table).length - 1)];
  near.querySelector("input, select, textarea").focus();
}

// --- uploads ------------------------------------------------------------------------------------------------------------

let uploading = 0;
const KINDS = [".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png"];
const line = (area, className = "") => area.appendChild(Object.assign(document.createElement("p"), { className }));

function refusal(file, limit) {
  const ending = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
  if (!file.size) return say("emptyFile", { name: file.name });
  if (file.size > limit * 1048576) return say("largeFile", { name: file.name, limit });
  if (!KINDS.includes(ending)) return say("wrongFile", { name: file.name });
  return "";
}
function post(address, body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    for (const [name, value] of Object.entries(asking())) request.setRequestHeader(name, value);
    if (onProgress) request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener("load", () => {
      if (request.status === 401 || request.status === 403) { reject(new LoggedOut()); return; }
      try { resolve(JSON.parse(request.responseText)); } catch { reject(new Error(String(request.status))); }
    });
    for (const wrong of ["error", "timeout", "abort"]) request.addEventListener(wrong, () => reject(new Error(wrong)));
    request.send(body);
  });
}
function showFiles(card, answer) {
  card.querySelector("[data-mc-files]").innerHTML = answer.html;
  card.classList.toggle("mc-paper--there", answer.count > 0);
  card.classList.toggle("mc-paper--error", Boolean(answer.problem));
}
async function upload(card, file, replaces = "") {
  const area = card.querySelector("[data-mc-uploads]");
  const wrong = refusal(file, Number(form.dataset.mcLimit));
  if (wrong) {
    Object.assign(line(area, "mc-uploads__wrong"), { textContent: wrong }).setAttribute("role", "alert");
    return;
  }
  const state = line(area);
  state.setAttribute("role", "status");
  state.append(say("uploading", { name: file.name }));
  const bar = state.appendChild(Object.assign(document.createElement("progress"), { max: 1, value: 0 }));
  bar.setAttribute("aria-label", say("uploading", { name: file.name }));
  const body = new FormData();
  body.append("file", file, file.name);
  if (replaces) body.append("replaces", replaces);
  uploading += 1;
  try {
    const answer = await post(card.dataset.upload, body, (share) => { bar.value = share; });
    state.remove();
    showFiles(card, answer);
    if (!answer.problem) tell(say("uploaded", { name: file.name }));
  } catch (problem) {
    state.className = "mc-uploads__wrong";
    state.replaceChildren(say(problem instanceof LoggedOut ? "expiredFile" : "uploadFailed", { name: file.name }));
    if (problem instanceof LoggedOut) {
      const { text, href } = loginLink();
      state.append(Object.assign(document.createElement("a"), { className: "govuk-link", textContent: text, href, target: "_blank", rel: "noopener" }));
    }
    const again = Object.assign(document.createElement("button"), { type: "button", className: "govuk-button govuk-button--secondary", textContent: words.retry });
    again.addEventListener("click", () => { state.remove(); upload(card, file, replaces); });
    state.append(again);
  } finally {
    uploading -= 1;
    if (!uploading && waitingFor) { const button = waitingFor; waitingFor = null; if (!page.querySelector(".mc-uploads__wrong")) form.requestSubmit(button); }
  }
}
let queue = Promise.resolve();
function uploadAll(card, files, replaces = "") {
  for (const old of card.querySelectorAll(".mc-uploads__wrong")) old.remove();
  for (const file of files) queue = queue.then(() => upload(card, file, replaces));
}
async function detach(button) {
  const card = button.closest("[data-mc-component]");
  if (!card) return false;
  try {
    showFiles(card, await post(button.formAction, new FormData()));
    tell(words.removed);
    card.querySelector("input[type=file]").focus();
  } catch (problem) {
    if (problem instanceof LoggedOut) tell(words.expired, true, loginLink());
    else button.form.requestSubmit(button);
  }
  return true;
}
function take(input) {
  if (!input.files.length) return;
  const files = [...input.files];
  input.value = "";
  uploadAll(input.closest("[data-mc-component]"), files, input.dataset.mcReplaces || "");
  if (!input.dataset.mcReplaces) input.dispatchEvent(new Event("change")); // the drop zone is empty again
}
function preparePapers() {
  for (const input of form.querySelectorAll("[data-mc-adds]")) input.addEventListener("change", () => take(input));
  form.addEventListener("change", (event) => { if (event.target.dataset.mcReplaces) take(event.target); });
  form.addEventListener("click", (event) => { // straight to the choice of a file
    const summary = event.target.closest(".mc-file__replace > summary");
    if (!summary) return;
    event.preventDefault();
    summary.parentElement.querySelector("input[type=file]").click();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mc-detach]");
    if (!button) return;
    event.preventDefault();
    detach(button);
  });
  addEventListener("beforeunload", (event) => { if (uploading) event.preventDefault(); });
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

let waitingFor = null;
let leaving = false;
async function goOn(event) {
  if (leaving) return;
  const button = event.submitter;
  if (uploading) {
    event.preventDefault();
    waitingFor = button;
    tell(words.waitUploads);
    return;
  }
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token() || input.value;
  if (!pending.size && !sending && navigator.onLine) return;
  event.preventDefault();
  if (await flush()) { leaving = true; form.requestSubmit(button); }
}

if (form) {
  showAsked();
  takeUpKept();
  form.addEventListener("input", (event) => { if (event.target.type !== "file") { showAsked(); changed(event.target); } });
  form.addEventListener("change", (event) => { if (event.target.type !== "file") { showAsked(); changed(event.target, 150); } });
  form.addEventListener("click", workRows);
  form.addEventListener("submit", goOn);
  for (const table of form.querySelectorAll("[data-mc-table]")) renumber(table);
  if (form.querySelector("[data-mc-component]")) preparePapers();
  const code = form.querySelector("[data-mc-code]");
  if (code) prepareCode(code);
  addEventListener("online", flush);
  addEventListener("focus", () => { if (pending.size) flush(); });
  addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  addEventListener("pagehide", () => {
    if (!pending.size) return;
    shelve();
    const groups = [...pending.entries()];
    fetch(page.dataset.autosave, {
      method: "POST", keepalive: true, headers: asking({ "Content-Type": "application/json" }),
      body: JSON.stringify({ step: page.dataset.step, groups: groups.map(([name]) => name), data: Object.assign({}, ...groups.map(([, content]) => content)) }),
    }).then((response) => { if (response.ok) localStorage.removeItem(shelf); }, () => {});
  });
}
