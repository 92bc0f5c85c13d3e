// A list in which one finds by typing, accents or not. The list itself stays in the form and keeps the value.

export const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
const MOST = 60;

export function combobox(select, words) {
  const id = select.id;
  select.id = `${id}-value`;
  const input = Object.assign(document.createElement("input"), { className: "govuk-input mc-combo__input", id, type: "text", autocomplete: "off", spellcheck: false });
  const list = Object.assign(document.createElement("ul"), { className: "mc-combo__list", id: `${id}-list`, hidden: true });
  const box = Object.assign(document.createElement("div"), { className: "mc-combo" });
  list.setAttribute("role", "listbox");
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) input.setAttribute(name, value);
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  if (select.classList.contains("govuk-select--error")) input.classList.add("govuk-input--error");
  select.before(box);
  box.append(input, list, select);
  select.hidden = true;
  select.tabIndex = -1;
  let active = -1;
  let shown = [];

  const chosen = () => (select.value ? select.selectedOptions[0] : null);
  function sync() {
    input.value = chosen() ? chosen().text : "";
    input.placeholder = select.options[0] && !select.options[0].value ? select.options[0].text : "";
  }
  function matches(text) {
    const wanted = fold(text).split(/\s+/).filter(Boolean);
    const found = [];
    for (const option of select.options) {
      if (!option.value) continue;
      option.mcFolded ||= fold(`${option.text} ${option.dataset.before || ""}`);
      if (!wanted.every((word) => option.mcFolded.includes(word))) continue;
      found.push(option);
    }
    const start = wanted.join(" ");
    const rank = (option) => { const name = fold(option.text); return name.includes(start) ? (` ${name}`.includes(` ${start}`) ? 0 : 1) : 2; };
    return found.sort((one, other) => rank(one) - rank(other)).slice(0, MOST);
  }
  function open(text) {
    shown = matches(text);
    active = -1;
    list.replaceChildren(...shown.map((option, place) => {
      const item = Object.assign(document.createElement("li"), { className: "mc-combo__item", id: `${id}-item-${place}` });
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(option.selected));
      item.append(Object.assign(document.createElement("span"), { textContent: option.text }));
      const wanted = fold(text).trim();
      if (option.dataset.before && wanted && !fold(option.text).includes(wanted)) {
        item.append(Object.assign(document.createElement("span"), { className: "mc-combo__before", textContent: words.before.replace("%{names}", partOf(option.dataset.before, wanted)) }));
      }
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
      return item;
    }));
    if (!shown.length) {
      const nothing = Object.assign(document.createElement("li"), { className: "mc-combo__none", textContent: words.nothing });
      list.append(nothing);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }
  function partOf(before, wanted) {
    const first = wanted.split(/\s+/)[0];
    const parts = before.split("; ");
    return parts.find((part) => fold(part).includes(wanted)) || parts.find((part) => fold(part).includes(first)) || before;
  }
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function choose(option) {
    const before = select.value;
    select.value = option ? option.value : "";
    sync();
    close();
    if (select.value !== before) select.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function mark(place) {
    const items = list.querySelectorAll("[role=option]");
    if (!items.length) return;
    if (items[active]) items[active].classList.remove("mc-combo__item--active");
    active = (place + items.length) % items.length;
    items[active].classList.add("mc-combo__item--active");
    items[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", items[active].id);
  }
  input.addEventListener("input", (event) => { event.stopPropagation(); open(input.value); });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("click", () => { if (list.hidden) { input.select(); open(""); } });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open(chosen() && input.value === chosen().text ? "" : input.value);
      mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (shown[active] || (input.value.trim() && shown.length)) choose(shown[active] || shown[0]);
    } else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); sync(); close(); }
  });
  input.addEventListener("blur", () => {
    if (list.hidden) { if (!input.value) choose(null); return; }
    const typed = fold(input.value).trim();
    const found = matches(input.value);
    const exact = found.filter((option) => fold(option.text) === typed);
    if (!typed) choose(null);
    else if (exact.length === 1 || found.length === 1) choose(exact[0] || found[0]);
    else { sync(); close(); }
  });
  select.addEventListener("change", sync);
  select.addEventListener("mc-set", sync);
  sync();
  return { sync };
}
