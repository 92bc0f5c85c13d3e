// Procedures as one types: a list below the search box, for mouse and keyboard. Without this script the form still works.
const WAIT = 120; // milliseconds after the last key
const SHORTEST = 2; // characters

for (const form of document.querySelectorAll("form[data-mc-suggest]")) {
  const input = form.querySelector("input[type=search]");
  if (input) suggestFor(form, input);
}

function suggestFor(form, input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "mc-finder__list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.mcSuggestLabel);
  list.hidden = true;
  const status = document.createElement("div");
  status.className = "govuk-visually-hidden";
  status.setAttribute("role", "status");
  input.after(list);
  form.append(status);
  for (const [name, value] of [
    ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id],
  ]) input.setAttribute(name, value);

  const known = new Map(); // what was asked before: text to options
  let timer = 0;
  let asking = null;
  let chosen = -1;

  const options = () => [...list.children];

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(place) {
    const all = options();
    chosen = place;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", all[place].id);
      all[place].scrollIntoView({ block: "nearest" });
    }
  }

  function show(found) {
    list.replaceChildren(...[...found.children].map((option) => option.cloneNode(true)));
    status.textContent = found.dataset.mcStatus;
    choose(-1);
    const some = list.children.length > 0;
    list.hidden = !some;
    input.setAttribute("aria-expanded", String(some));
  }

  async function ask() {
    const text = input.value.trim().replace(/\s+/g, " ");
    if (asking) asking.abort();
    if (text.length < SHORTEST) return close();
    if (known.has(text)) return show(known.get(text));
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.mcSuggest}?q=${encodeURIComponent(text)}`, { signal: asking.signal });
      if (!answer.ok) return close();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-mc-status]");
      if (!found) return close();
      known.set(text, found);
      if (document.activeElement === input) show(found);
    } catch (error) {
      if (error.name !== "AbortError") close(); // no network: the form still sends
    }
  }

  function go(option) {
    window.location.assign(option.dataset.mcHref);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) {
      event.preventDefault(); // close the list, keep what was typed
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!count) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen < 0 ? (step > 0 ? 0 : count - 1) : (chosen + step + count) % count);
    } else if (event.key === "Enter" && chosen >= 0 && count) {
      event.preventDefault();
      go(options()[chosen]);
    }
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (asking) asking.abort();
    close();
  });
}
