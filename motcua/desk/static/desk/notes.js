// Notes: names offered as one types @; and every minute the page says that it is still being looked at.
const present = document.querySelector("[data-desk-present]");
if (present) {
  const address = present.dataset.deskPresent;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  let shown = present;
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": token } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-desk-present]");
      if (fresh && fresh.textContent.trim() !== shown.textContent.trim()) {
        shown.replaceWith(fresh);
        shown = fresh;
      }
    } catch { /* the next minute tries again */ }
  }, 60000);
}

const form = document.querySelector("[data-desk-note]");
const field = form?.querySelector("textarea");
const chosen = form?.querySelector("select[name=mentioned]");
if (field && chosen) {
  const people = [...chosen.options].map((one) => one.text);
  const list = document.createElement("ul");
  list.className = "desk-names";
  list.id = "note-names";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  let place = 0;
  let at = -1;

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

  function close() {
    list.hidden = true;
    list.replaceChildren();
    field.removeAttribute("aria-activedescendant");
  }

  function point(to) {
    place = (to + list.children.length) % list.children.length;
    [...list.children].forEach((one, number) => one.setAttribute("aria-selected", String(number === place)));
    field.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  }

  function take(name) {
    const end = field.selectionStart;
    field.setRangeText(`@${name} `, at, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  }

  field.addEventListener("input", () => {
    const before = field.value.slice(0, field.selectionStart);
    const found = before.match(/@([^\s@][^@\n]{0,40})?$/u);
    if (!found) return close();
    at = before.length - found[0].length;
    const wanted = fold(found[1] ?? "");
    const names = people.filter((name) => fold(name).includes(wanted)).slice(0, 8);
    if (!names.length || names.some((name) => fold(`${name} `) === wanted)) return close();
    list.replaceChildren(...names.map((name, number) => {
      const item = document.createElement("li");
      item.id = `note-name-${number}`;
      item.setAttribute("role", "option");
      item.textContent = name;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(name); });
      return item;
    }));
    list.hidden = false;
    point(0);
  });

  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") point(place + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[place].textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", close);
}
