// Papers that come in pieces (tus), survive a cut line and a closed browser, are joined from photos and looked at.
// Every page works without this.

import { asking, form, LoggedOut, loginLink, page, say as sayFiling, tell, words as filingWords } from "./filing.js";

const PIECE = 2 * 1024 * 1024; // bytes of one request: short enough for a slow line
const AT_ONCE = 2;
const KINDS = [".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png"];
const SIGNS = { // how files of each kind begin; Office files with a password begin otherwise, and the server says what that is
  ".pdf": [[0x25, 0x50, 0x44, 0x46, 0x2d]],
  ".docx": [[0x50, 0x4b, 3, 4], [0xd0, 0xcf, 0x11, 0xe0]],
  ".xlsx": [[0x50, 0x4b, 3, 4], [0xd0, 0xcf, 0x11, 0xe0]],
  ".jpg": [[0xff, 0xd8, 0xff]],
  ".jpeg": [[0xff, 0xd8, 0xff]],
  ".png": [[0x89, 0x50, 0x4e, 0x47]],
};
const words = form && form.dataset.mcPaperWords ? JSON.parse(form.dataset.mcPaperWords) : {};
const say = (word, values = {}) =>
  word in words ? Object.entries(values).reduce((text, [name, value]) => text.replace(`%{${name}}`, value), words[word]) : sayFiling(word, values);

const make = (tag, className = "", text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
function button(text, act, quiet = true) {
  const made = make("button", `govuk-button ${quiet ? "mc-button--quiet" : "govuk-button--secondary"}`, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}
const number = new Intl.NumberFormat("vi", { maximumFractionDigits: 1 });
function size(bytes) {
  if (bytes < 1048576) return `${number.format(Math.ceil(bytes / 1024))} KB`;
  return `${number.format(bytes / 1048576)} MB`;
}

async function ask(address, body = new FormData(), method = "POST") {
  const response = await fetch(address, { method, body: method === "GET" ? undefined : body, headers: asking(), redirect: "manual" });
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) throw new LoggedOut();
  return response.json();
}

// --- what the server says of a paper's files ---------------------------------------------------------------------------

function show(card, answer) {
  if (answer.html) card.querySelector("[data-mc-files]").innerHTML = answer.html;
  card.classList.toggle("mc-paper--there", answer.count > 0);
  card.classList.toggle("mc-paper--error", Boolean(answer.problem));
  const choice = card.closest("[data-mc-choice]");
  if (choice && answer.group) choice.classList.toggle("mc-choice--met", answer.group.met);
  if (answer.problem) warn(card, answer.problem);
  if (answer.waits) wait(card);
}
const waits = new WeakMap();
function wait(card) { // a large file is looked through elsewhere
  const tries = (waits.get(card) || 0) + 1;
  if (tries > 40) return;
  waits.set(card, tries);
  setTimeout(async () => {
    if (!card.querySelector("[data-mc-unchecked]") || card.contains(document.activeElement)) { if (tries < 40) wait(card); return; }
    try { show(card, await ask(card.dataset.list, undefined, "GET")); } catch { /* it is there when the page is loaded again */ }
  }, Math.min(1000 * tries, 5000));
}
function warn(card, text, { again, login } = {}) {
  const line = make("p", "mc-uploads__wrong", text);
  line.setAttribute("role", "alert");
  if (login) line.append(" ", Object.assign(make("a", "govuk-link", login.text), { href: login.href, target: "_blank", rel: "noopener" }));
  if (again) line.append(button(say("retry"), () => { line.remove(); again(); }, false));
  card.querySelector("[data-mc-uploads]").append(line);
}

// --- what is certain before a byte is sent -----------------------------------------------------------------------------

async function refusal(file) {
  const ending = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
  const limit = Number(form.dataset.mcLimit);
  if (!file.size) return say("emptyFile", { name: file.name });
  if (file.size > limit * 1048576) return say("largeFile", { name: file.name, limit });
  if ([".heic", ".heif"].includes(ending)) return say("heic", { name: file.name });
  if (!KINDS.includes(ending)) return say("wrongFile", { name: file.name });
  const head = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  const wanted = SIGNS[ending];
  if (!wanted.some((sign) => sign.every((byte, place) => head[place] === byte))) return say("notWhatItSays", { name: file.name });
  return "";
}

// By its length, its beginning and its end a browser knows a half-sent file again.
async function fingerprint(file) {
  const plain = `${file.name}|${file.size}|${file.lastModified}`;
  if (!crypto.subtle) return plain.slice(0, 64);
  const edge = 262144;
  const parts = await Promise.all([file.slice(0, edge).arrayBuffer(), file.slice(Math.max(0, file.size - edge)).arrayBuffer()]);
  const digest = await crypto.subtle.digest("SHA-256", await new Blob([String(file.size), ...parts]).arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// --- one file on its way -----------------------------------------------------------------------------------------------

let running = 0;
const queue = [];
const underway = new Set();
const isBusy = () => underway.size > 0;

function next() {
  while (running < AT_ONCE && queue.length) {
    running += 1;
    queue.shift()().finally(() => { running -= 1; next(); });
  }
}
const inTurn = (work) => new Promise((resolve, reject) => { queue.push(() => work().then(resolve, reject)); next(); });

class Sending {
  constructor(card, file, about = {}) {
    Object.assign(this, { card, file, about, percent: 0, paused: false });
    this.box = make("div", "mc-sending");
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", file.name);
    this.text = this.box.appendChild(make("p", "mc-sending__text", say("queued", { name: file.name })));
    this.text.setAttribute("role", "status");
    this.bar = this.box.appendChild(Object.assign(document.createElement("progress"), { max: 100, value: 0 }));
    this.bar.setAttribute("aria-label", say("uploading", { name: file.name }));
    this.told = this.box.appendChild(make("span", "mc-sending__size"));
    this.acts = this.box.appendChild(make("div", "mc-sending__acts"));
    this.stop = this.acts.appendChild(button(say("pause"), () => this.pause()));
    this.acts.append(button(say("cancel"), () => this.cancel()));
    card.querySelector("[data-mc-uploads]").append(this.box);
    underway.add(this);
  }

  // Sends it, again after each cut; the address of the upload, null when it was given up or refused.
  async send() {
    const wrong = await refusal(this.file);
    if (wrong) { this.end(); warn(this.card, wrong); return null; }
    return inTurn(() => this.begin());
  }

  async begin() {
    if (this.gone) return null;
    const mark = await fingerprint(this.file);
    const half = [...this.card.querySelectorAll("[data-mc-half]")].find((one) => one.dataset.fingerprint === mark);
    const metadata = { filename: this.file.name, component: this.card.dataset.mcComponent, fingerprint: mark, ...this.about };
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.upload = new window.tus.Upload(this.file, {
        endpoint: form.dataset.mcTus,
        uploadUrl: half ? half.dataset.address : null,
        chunkSize: PIECE,
        metadata,
        storeFingerprintForResuming: false, // the server knows the file again, whatever happened to the browser
        retryDelays: [0, 1000, 2000, 4000, 8000, 15000, 30000, 60000],
        onBeforeRequest: (request) => { for (const [name, value] of Object.entries(asking())) request.setHeader(name, value); },
        onShouldRetry: (problem) => {
          const status = problem.originalResponse ? problem.originalResponse.getStatus() : 0;
          if (!status) this.line(say("waiting", { name: this.file.name, percent: this.percent }), true);
          return !status || status === 409 || status === 423 || status === 460 || status >= 500;
        },
        onProgress: (sent, total) => this.progress(sent, total),
        onError: (problem) => this.failed(problem),
        onSuccess: () => { this.done(this.upload.url); },
      });
      if (half) half.remove();
      if (!this.paused) this.start();
    });
  }

  start() {
    this.line(say("uploading", { name: this.file.name }));
    this.upload.start();
  }
  resume() { // the line is back: do not wait for the next try
    if (this.paused || !this.upload || !this.box.classList.contains("mc-sending--waiting")) return;
    this.upload.abort().then(() => { if (!this.paused && !this.gone) this.start(); });
  }
  line(text, waiting = false) {
    if (this.text.textContent !== text) this.text.textContent = text;
    this.box.classList.toggle("mc-sending--waiting", waiting);
  }
  progress(sent, total) {
    this.percent = Math.floor((sent / total) * 100);
    this.bar.value = this.percent;
    this.told.textContent = say("progress", { sent: size(sent), total: size(total) });
    if (!this.paused) this.line(say("uploading", { name: this.file.name }));
  }
  pause() {
    this.paused = !this.paused;
    this.stop.textContent = say(this.paused ? "go" : "pause");
    if (this.paused) {
      if (this.upload) this.upload.abort();
      this.line(say("paused", { name: this.file.name, percent: this.percent }), true);
    } else if (this.upload) this.start();
  }
  async cancel() {
    this.gone = true;
    try { if (this.upload) await this.upload.abort(Boolean(this.upload.url)); } catch { /* it expires by itself */ }
    this.end();
    tell(say("cancelled", { name: this.file.name }));
    if (this.resolve) this.resolve(null);
  }
  failed(problem) {
    const response = problem.originalResponse;
    const status = response ? response.getStatus() : 0;
    const retry = () => { const again = new Sending(this.card, this.file, this.about); this.again(again); };
    this.end();
    if (status === 401 || (status === 403 && !response.getBody())) warn(this.card, say("expiredFile", { name: this.file.name }), { again: retry, login: loginLink() });
    else if ((status === 422 || status === 403) && response.getBody() && !response.getBody().startsWith("<")) warn(this.card, response.getBody());
    else warn(this.card, say("uploadFailed", { name: this.file.name }), { again: retry });
    this.resolve(null);
  }
  again(sending) { sendPaper(sending); }
  done(address) { this.stop.remove(); this.resolve(address); }
  end() { underway.delete(this); this.box.remove(); settle(); }
}

async function sendPaper(sending) {
  const address = await sending.send();
  if (!address) return;
  sending.line(say("finishing", { name: sending.file.name }));
  sending.acts.remove();
  const body = new FormData();
  body.append("component", sending.card.dataset.mcComponent);
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await ask(`${address}xong/`, body);
      sending.end();
      show(sending.card, answer);
      if (!answer.problem) tell(sayFiling("uploaded", { name: sending.file.name }));
      return;
    } catch (problem) {
      if (problem instanceof LoggedOut || tries > 4) {
        sending.end();
        const login = problem instanceof LoggedOut ? loginLink() : undefined;
        warn(sending.card, say(login ? "expiredFile" : "uploadFailed", { name: sending.file.name }), { again: () => sendPaper(new Sending(sending.card, sending.file, sending.about)), login });
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, 1500 * 2 ** tries); });
    }
  }
}

function sendAll(card, files, replaces = "") {
  for (const old of card.querySelectorAll(".mc-uploads__wrong")) old.remove();
  for (const file of files) {
    sendPaper(new Sending(card, file, replaces ? { replaces } : {}));
    replaces = ""; // only the first takes its place
  }
}

// Going on waits for what is on its way.
let waitingFor = null;
function goOn(event) {
  if (!isBusy() || (event.submitter && event.submitter.hasAttribute("formaction"))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waitingFor = event.submitter;
  tell(filingWords.waitUploads);
}
function settle() {
  if (isBusy() || !waitingFor) return;
  const pressed = waitingFor;
  waitingFor = null;
  setTimeout(() => { if (!isBusy() && !page.querySelector(".mc-uploads__wrong, .mc-file__wrong, .mc-paper .govuk-error-message")) form.requestSubmit(pressed); }, 300);
}

// --- photos joined into one paper ----------------------------------------------------------------------------------------

function choosePhotos(card, files) {
  const dialog = make("dialog", "mc-photos");
  const heading = dialog.appendChild(make("h2", "govuk-heading-m", say("photos")));
  heading.id = "ghep-anh";
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(make("p", "govuk-body", say("photosHelp")));
  const list = dialog.appendChild(make("ol", "mc-photos__list"));
  const pages = [];
  const draw = (focus) => {
    list.replaceChildren(...pages.map((one, place) => {
      const item = make("li", "mc-photos__page");
      const frame = item.appendChild(make("div", "mc-photos__frame"));
      const picture = frame.appendChild(Object.assign(document.createElement("img"), { src: one.address, alt: say("photo", { number: place + 1 }), className: `mc-photos__picture mc-photos__picture--${one.turn}` }));
      picture.draggable = false;
      item.append(make("p", "mc-photos__name", say("page", { number: place + 1 })));
      const acts = item.appendChild(make("div", "mc-photos__acts"));
      const act = (word, sign, work, disabled = false) => {
        const made = button(sign, work);
        made.setAttribute("aria-label", `${say(word)}: ${say("photo", { number: place + 1 })}`);
        made.title = say(word);
        made.disabled = disabled;
        made.dataset.act = word;
        acts.append(made);
      };
      act("earlier", "←", () => { pages.splice(place - 1, 0, ...pages.splice(place, 1)); draw([place - 1, "earlier"]); }, place === 0);
      act("later", "→", () => { pages.splice(place + 1, 0, ...pages.splice(place, 1)); draw([place + 1, "later"]); }, place === pages.length - 1);
      act("turn", "↻", () => { one.turn = (one.turn + 90) % 360; draw([place, "turn"]); });
      act("takeOut", "✕", () => { URL.revokeObjectURL(one.address); pages.splice(place, 1); draw([Math.min(place, pages.length - 1), "takeOut"]); });
      return item;
    }));
    go.disabled = !pages.length;
    if (focus && list.children[focus[0]]) {
      const wanted = list.children[focus[0]].querySelector(`[data-act="${focus[1]}"]`);
      (wanted.disabled ? list.children[focus[0]].querySelector("button:not(:disabled)") : wanted).focus();
    }
  };
  const add = (chosen) => {
    for (const file of chosen) {
      if (/^image\/(jpeg|png)$/.test(file.type)) pages.push({ file, turn: 0, address: URL.createObjectURL(file) });
      else warn(card, say("notPhoto", { name: file.name }));
    }
  };
  const row = dialog.appendChild(make("div", "govuk-button-group"));
  const go = button(say("joinAll"), () => { close(); joinPhotos(card, pages); }, false);
  go.classList.remove("govuk-button--secondary");
  const more = make("label", "govuk-button govuk-button--secondary mc-photos__more", say("addPhotos"));
  const input = more.appendChild(Object.assign(document.createElement("input"), { type: "file", multiple: true, accept: "image/jpeg,image/png", className: "govuk-visually-hidden" }));
  input.addEventListener("change", () => { add(input.files); input.value = ""; draw(); });
  const close = () => { dialog.close(); };
  row.append(go, more, button(say("close"), close));
  dialog.addEventListener("close", () => { for (const one of pages) URL.revokeObjectURL(one.address); dialog.remove(); });
  add(files);
  if (!pages.length) return;
  document.body.append(dialog);
  draw();
  dialog.showModal();
}

async function joinPhotos(card, pages) {
  for (const old of card.querySelectorAll(".mc-uploads__wrong")) old.remove();
  const sendings = pages.map((one) => new Sending(card, one.file, { purpose: "photo" }));
  for (const sending of sendings) sending.again = () => { sending.end(); joinPhotos(card, pages); };
  const addresses = await Promise.all(sendings.map((sending) => sending.send()));
  if (addresses.some((address) => !address)) { for (const sending of sendings) sending.end(); return; }
  const [first, ...rest] = sendings;
  for (const sending of rest) sending.box.remove();
  first.acts.remove();
  first.told.textContent = "";
  first.line(say("joining"));
  const body = new FormData();
  addresses.forEach((address, place) => {
    body.append("page", address.split("/").filter(Boolean).pop());
    body.append("turn", String(pages[place].turn));
  });
  try {
    const answer = await ask(card.dataset.join, body);
    for (const sending of sendings) sending.end();
    show(card, answer);
    if (!answer.problem) tell(sayFiling("uploaded", { name: say("photos") }));
  } catch (problem) {
    for (const sending of sendings) sending.end();
    const login = problem instanceof LoggedOut ? loginLink() : undefined;
    warn(card, say("uploadFailed", { name: pages[0].file.name }), { again: () => joinPhotos(card, pages), login });
  }
}

// --- looking at pages ----------------------------------------------------------------------------------------------------

function look(link, at = 1) {
  const { mcName: name, mcPicture: picture } = link.dataset;
  const count = link.querySelector("img") && !picture ? 1 : Number(link.dataset.mcPages || 1);
  const address = (page_) => picture.replace(/trang\/1\/$/, `trang/${page_}/`) + "?lon";
  const dialog = make("dialog", "mc-look");
  dialog.setAttribute("aria-label", say("look", { name }));
  const bar = dialog.appendChild(make("div", "mc-look__bar"));
  const title = bar.appendChild(make("p", "mc-look__name", name));
  title.title = name;
  const place = bar.appendChild(make("p", "mc-look__place"));
  place.setAttribute("role", "status");
  const frame = dialog.appendChild(make("div", "mc-look__frame"));
  frame.tabIndex = 0;
  const image = frame.appendChild(document.createElement("img"));
  let current = at;
  const turn = (to) => {
    current = Math.min(Math.max(to, 1), count);
    image.src = address(current);
    image.alt = say("pageOf", { number: current, count });
    place.textContent = count > 1 ? say("pageOf", { number: current, count }) : "";
    previous.disabled = current === 1;
    following.disabled = current === count;
    frame.scrollTop = 0;
  };
  const acts = bar.appendChild(make("div", "mc-look__acts"));
  const previous = button(say("previous"), () => turn(current - 1));
  const following = button(say("next"), () => turn(current + 1));
  if (count > 1) acts.append(previous, following);
  const open = make("a", "govuk-link", say("open"));
  Object.assign(open, { href: link.href, target: "_blank", rel: "noopener" });
  acts.append(open, button(say("close"), () => dialog.close()));
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (step) { event.preventDefault(); turn(current + step); }
    if (event.key === "Home") { event.preventDefault(); turn(1); }
    if (event.key === "End") { event.preventDefault(); turn(count); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  document.body.append(dialog);
  turn(at);
  dialog.showModal();
  frame.focus();
}

// --- everything on the page ------------------------------------------------------------------------------------------------

async function change(pressed, asked = true) {
  const card = pressed.closest("[data-mc-component]");
  const body = new FormData();
  body.append("component", card.dataset.mcComponent);
  const file = pressed.closest("[data-mc-document]");
  for (const input of file ? file.querySelectorAll("[data-mc-date]") : []) body.append(input.name, input.value);
  const was = pressed.formAction;
  try {
    const answer = await ask(was, body);
    const focused = document.activeElement;
    const stays = focused && !card.querySelector("[data-mc-files]").contains(focused);
    show(card, answer);
    if (!asked && (stays || !focused)) return;
    const again = !asked && focused.id && document.getElementById(focused.id);
    if (again) { again.focus(); return; }
    if (was.endsWith("/go/")) tell(sayFiling("removed"));
    const near = file && card.querySelector(`[data-mc-document="${file.dataset.mcDocument}"] .mc-file__name a`);
    (near || card.querySelector("input[type=file]")).focus();
  } catch (problem) {
    if (problem instanceof LoggedOut) tell(filingWords.expired, true, loginLink());
    else pressed.form.requestSubmit(pressed);
  }
}

// A day that was typed is kept without pressing its button too; going on waits for it.
async function keepDay(input) {
  const box = input.closest(".mc-file__dates");
  if ([...box.querySelectorAll("[data-mc-date]")].some((one) => !one.value.trim())) return;
  const work = { resume() {} };
  underway.add(work);
  try { await change(box.querySelector("[data-mc-change]"), false); } finally { underway.delete(work); settle(); }
}

function take(input) {
  if (!input.files.length) return;
  const files = [...input.files];
  input.value = "";
  const card = input.closest("[data-mc-component]");
  if ("mcPhotos" in input.dataset) { choosePhotos(card, files); return; }
  sendAll(card, files, input.dataset.mcReplaces || "");
  if (!input.dataset.mcReplaces) input.dispatchEvent(new Event("change")); // the drop zone is empty again
}

if (form && form.dataset.mcTus && window.tus) {
  for (const hidden of form.querySelectorAll("[data-mc-live]")) hidden.hidden = false;
  for (const input of form.querySelectorAll("[data-mc-adds], [data-mc-photos]")) input.addEventListener("change", () => take(input));
  form.addEventListener("change", (event) => { if (event.target.dataset.mcReplaces) take(event.target); });
  form.addEventListener("change", (event) => { if ("mcDate" in event.target.dataset) keepDay(event.target); });
  form.addEventListener("submit", goOn, true);
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-mc-detach], [data-mc-change]");
    if (pressed && pressed.closest("[data-mc-component]")) { event.preventDefault(); change(pressed); return; }
    const summary = event.target.closest(".mc-file__replace > summary");
    if (summary) { event.preventDefault(); summary.parentElement.querySelector("input[type=file]").click(); return; }
    const wanted = event.target.closest("[data-mc-look], [data-mc-look-page]");
    if (wanted && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      const link = wanted.closest("[data-mc-document]").querySelector(".mc-file__name [data-mc-look]");
      event.preventDefault();
      look(link, Number(wanted.dataset.mcLookPage || 1));
    }
  });
  addEventListener("online", () => { for (const sending of underway) sending.resume(); });
  addEventListener("beforeunload", (event) => { if (isBusy()) event.preventDefault(); });
  for (const card of form.querySelectorAll("[data-mc-component]")) if (card.querySelector("[data-mc-unchecked]")) wait(card);
}
