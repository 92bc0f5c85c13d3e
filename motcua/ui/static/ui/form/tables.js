// Rows of tables: added, copied, moved, taken away and brought back; cells pasted from a spreadsheet, files imported.

const INPUTS = "input, select, textarea";
const body = (table) => table.querySelector("[data-mc-rows]");
export const rowsOf = (table) => [...body(table).children].filter((row) => "mcRow" in row.dataset);
const columnOf = (input) => (input.name || "").replace(/^[^-]*-[^-]*-/, "");
const newId = () => [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const NUMBERED = ["id", "name", "for", "aria-describedby", "aria-labelledby", "data-aria-controls", "value"];

function readRow(row) {
  const cells = {};
  for (const input of row.querySelectorAll(INPUTS)) {
    if (!input.name) continue;
    const values = (cells[columnOf(input)] ||= []);
    if ((input.type === "radio" || input.type === "checkbox") && !input.checked) continue;
    values.push(input.value);
  }
  return cells;
}
// Puts texts into the inputs of one column; false when there is no place for them.
function setCell(row, column, values) {
  const inputs = [...row.querySelectorAll(INPUTS)].filter((input) => columnOf(input) === column);
  if (!inputs.length) return true;
  if (inputs[0].type === "radio" || inputs[0].type === "checkbox") {
    for (const input of inputs) input.checked = values.includes(input.value);
    return values.every((value) => !value || inputs.some((input) => input.value === value));
  }
  const [input] = inputs;
  const value = values[0] || "";
  if (input instanceof HTMLSelectElement && value && ![...input.options].some((option) => option.value === value)) input.add(new Option(value, value));
  input.value = value;
  return true;
}
const isEmpty = (cells) => Object.entries(cells).every(([column, values]) => column === "_id" || values.every((value) => !value));

export function tables(form, { changed, tell, say, words, asking }) {
  function renumber(table) {
    const name = table.dataset.mcTable;
    const rows = rowsOf(table);
    rows.forEach((row, place) => {
      if (row.dataset.mcAt === String(place)) return;
      row.dataset.mcAt = place;
      for (const element of [row, ...row.querySelectorAll("*")]) {
        for (const attribute of NUMBERED) {
          const value = element.getAttribute(attribute);
          if (value === null || (attribute === "value" && element.name !== "mc.action")) continue;
          const fresh = value
            .replace(new RegExp(`(^|\\s)${name}-(?:\\d+|__row__)-`, "g"), `$1${name}-${place}-`)
            .replace(new RegExp(`^(copy|up|down|remove):${name}:.*`), `$1:${name}:${place}`);
          if (fresh !== value) element.setAttribute(attribute, fresh);
        }
      }
      for (const number of row.querySelectorAll("[data-mc-number]")) number.textContent = place + 1;
      const own = row.querySelector("[data-mc-row-id]");
      if (own && !own.value) own.value = newId();
    });
    table.querySelector(":scope > [data-mc-add]").hidden = rows.length >= most(table);
  }
  const most = (table) => Number(table.dataset.mcMost) || 500;
  function addRow(table, after = null) {
    const row = table.querySelector("[data-mc-row-template]").content.firstElementChild.cloneNode(true);
    const last = after || rowsOf(table).pop();
    if (last) last.after(row); else body(table).prepend(row);
    return row;
  }
  function setRows(table, cells) {
    const rows = rowsOf(table);
    while (rows.length < Math.max(cells.length, 1)) rows.push(addRow(table, rows.at(-1)));
    for (const row of rows.splice(Math.max(cells.length, 1))) row.remove();
    rows.forEach((row, place) => {
      const columns = new Set([...Object.keys(readRow(row)), ...Object.keys(cells[place] || {})]);
      for (const column of columns) setCell(row, column, (cells[place] || {})[column] || []);
    });
    renumber(table);
  }
  const read = (table) => rowsOf(table).map(readRow);
  function offerUndo(table, before, text) {
    const bar = table.querySelector(":scope > .mc-undo") || Object.assign(document.createElement("div"), { className: "mc-undo" });
    bar.setAttribute("role", "status");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "govuk-button mc-button--quiet", textContent: words.undo });
    button.addEventListener("click", () => { setRows(table, before); bar.remove(); changed(table, 0); tell(words.undone); });
    bar.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }), button);
    table.querySelector(":scope > [data-mc-add]").before(bar);
  }
  const focusRow = (row) => { const input = row && row.querySelector("input:not([type=hidden]), select, textarea"); if (input) input.focus(); };

  function act(event) {
    const button = event.target.closest("[data-mc-add], [data-mc-row-act]");
    if (!button) return;
    const table = button.closest("[data-mc-table]");
    event.preventDefault();
    if ("mcAdd" in button.dataset) {
      const row = addRow(table);
      renumber(table);
      focusRow(row);
      tell(say("rowAdded", { number: rowsOf(table).length }));
      return;
    }
    const row = button.closest("[data-mc-row]");
    const rows = rowsOf(table);
    const place = rows.indexOf(row);
    const before = read(table);
    const verb = button.dataset.mcRowAct;
    if (verb === "copy") {
      if (rows.length >= most(table)) return;
      const copy = addRow(table, row);
      const cells = readRow(row);
      renumber(table);
      for (const [column, values] of Object.entries(cells)) if (column !== "_id") setCell(copy, column, values);
      focusRow(copy);
      tell(say("rowCopied", { number: place + 1 }));
    } else if (verb === "up" || verb === "down") {
      const other = rows[place + (verb === "up" ? -1 : 1)];
      if (!other) return;
      if (verb === "up") other.before(row); else other.after(row);
      renumber(table);
      row.querySelector(`[data-mc-row-act=${verb}]`).focus();
      tell(say("rowMoved", { number: rowsOf(table).indexOf(row) + 1 }));
    } else {
      if (rows.length === 1) setRows(table, [{}]); else row.remove();
      renumber(table);
      const left = rowsOf(table);
      focusRow(left[Math.min(place, left.length - 1)]);
      if (!isEmpty(before[place])) offerUndo(table, before, say("rowRemovedNumber", { number: place + 1 }));
      tell(words.rowRemoved);
    }
    changed(table, 150);
  }

  // --- from a spreadsheet -----------------------------------------------------------------------------------------------

  async function ask(table, content) {
    const response = await fetch(form.dataset.mcRowsAt.replace("TABLE", table.dataset.mcTable), { method: "POST", headers: asking(), body: content });
    return response.json();
  }
  function labelsOf(table) {
    const labels = {};
    const row = table.querySelector("[data-mc-row-template]").content.firstElementChild;
    for (const input of row.querySelectorAll(INPUTS)) {
      if (!input.name || input.type === "hidden") continue;
      const cell = input.closest("[data-label]");
      const group = input.closest(".govuk-form-group");
      const head = group && group.querySelector("legend, .govuk-label");
      labels[columnOf(input)] ||= cell ? cell.dataset.label : head ? head.firstChild.textContent.trim() : "";
    }
    return labels;
  }
  // A value as one reads it: the words of its option.
  function wordsOf(table, column, value) {
    const row = table.querySelector("[data-mc-row-template]").content.firstElementChild;
    for (const input of row.querySelectorAll(INPUTS)) {
      if (columnOf(input) !== column) continue;
      if (input instanceof HTMLSelectElement) return [...input.options].find((option) => option.value === value)?.text || value;
      if (input.value === value && (input.type === "radio" || input.type === "checkbox")) {
        return (row.querySelector(`label[for="${CSS.escape(input.id)}"]`) || input.parentElement).textContent.trim();
      }
    }
    return value;
  }
  function fill(table, start, block) {
    const before = read(table);
    const room = most(table) - start;
    const rows = rowsOf(table);
    const unread = [];
    const labels = labelsOf(table);
    block.slice(0, room).forEach((cells, step) => {
      let row = rows[start + step];
      if (!row) { row = addRow(table, rows.at(-1)); rows.push(row); }
      for (const [column, values] of Object.entries(cells)) {
        if (!setCell(row, column, values)) unread.push(say("unreadCell", { number: start + step + 1, column: labels[column], text: values.join("; ") }));
      }
    });
    renumber(table);
    const count = Math.min(block.length, room);
    offerUndo(table, before, say("pasted", { count }));
    if (block.length > room) unread.unshift(say("tooMany", { count: block.length - room, most: most(table) }));
    changed(table, 0, true);
    return unread;
  }
  function notes(table, texts) {
    table.querySelector(":scope > .mc-unread")?.remove();
    if (!texts.length) return;
    const box = Object.assign(document.createElement("div"), { className: "mc-unread" });
    box.setAttribute("role", "status");
    const list = document.createElement("ul");
    list.append(...texts.slice(0, 20).map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    if (texts.length > 20) list.append(Object.assign(document.createElement("li"), { textContent: say("andMore", { count: texts.length - 20 }) }));
    box.append(list);
    table.querySelector(":scope > [data-mc-add]").before(box);
  }
  const firstEmpty = (table) => {
    const all = read(table);
    let end = all.length;
    while (end > 0 && isEmpty(all[end - 1])) end -= 1;
    return end;
  };

  form.addEventListener("paste", async (event) => {
    const input = event.target;
    const row = input.closest && input.closest("[data-mc-row]");
    if (!row || !event.clipboardData) return;
    const text = event.clipboardData.getData("text/plain");
    const lines = text.replace(/\r/g, "").replace(/\n+$/, "");
    if (!lines.includes("\t") && (!lines.includes("\n") || input instanceof HTMLTextAreaElement)) return;
    event.preventDefault();
    const table = row.closest("[data-mc-table]");
    const content = new FormData();
    content.append("text", text);
    content.append("column", columnOf(input));
    try {
      const answer = await ask(table, content);
      if (answer.problem) { tell(answer.problem, true); return; }
      notes(table, [...answer.notes, ...fill(table, rowsOf(table).indexOf(row), answer.rows)]);
    } catch { // the box below the table keeps what was pasted until the connection is back
      const box = table.querySelector("[data-mc-bulk]");
      box.open = true;
      box.querySelector("textarea").value = text;
      tell(words.pasteLater, true);
    }
  });

  function preview(table, bulk, answer) {
    bulk.querySelector(".mc-preview")?.remove();
    const labels = labelsOf(table);
    const box = Object.assign(document.createElement("div"), { className: "mc-preview", tabIndex: -1 });
    const text = answer.problem || say("previewed", { count: answer.rows.length, columns: answer.columns.join(", ") });
    box.append(Object.assign(document.createElement("p"), { className: answer.problem ? "govuk-error-message" : "mc-preview__title", textContent: text }));
    for (const note of answer.notes || []) box.append(Object.assign(document.createElement("p"), { textContent: note }));
    if (!answer.problem && answer.rows.length) {
      const columns = Object.keys(answer.rows[0]);
      const shown = document.createElement("table");
      shown.className = "mc-preview__table";
      const head = shown.createTHead().insertRow();
      for (const column of columns) head.append(Object.assign(document.createElement("th"), { scope: "col", textContent: labels[column] || column }));
      const content = shown.createTBody();
      for (const cells of answer.rows.slice(0, 5)) {
        const line = content.insertRow();
        for (const column of columns) line.insertCell().textContent = (cells[column] || []).map((value) => wordsOf(table, column, value)).join("; ");
      }
      const frame = Object.assign(document.createElement("div"), { className: "mc-preview__frame", tabIndex: 0 });
      frame.append(shown);
      box.append(frame);
      const buttons = Object.assign(document.createElement("div"), { className: "govuk-button-group" });
      for (const [word, start] of [["addRows", () => firstEmpty(table)], ["replaceRows", () => 0]]) {
        const button = Object.assign(document.createElement("button"), { type: "button", className: `govuk-button${word === "addRows" ? "" : " govuk-button--secondary"}`, textContent: words[word] });
        button.addEventListener("click", () => {
          const before = read(table);
          const at = start();
          if (word === "replaceRows") setRows(table, [{}]);
          const unread = fill(table, at, answer.rows);
          offerUndo(table, before, say("pasted", { count: answer.rows.length }));
          notes(table, [...(answer.notes || []), ...unread]);
          box.remove();
          bulk.open = false;
          bulk.querySelector("textarea").value = "";
          bulk.querySelector("input[type=file]").value = "";
        });
        buttons.append(button);
      }
      box.append(buttons);
    }
    bulk.querySelector(".govuk-details__text").append(box);
    box.focus();
  }
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-mc-paste], [data-mc-import]");
    if (!button) return;
    const bulk = button.closest("[data-mc-bulk]");
    const table = bulk.closest("[data-mc-table]");
    const content = new FormData();
    if ("mcPaste" in button.dataset) content.append("text", bulk.querySelector("textarea").value);
    else {
      const [file] = bulk.querySelector("input[type=file]").files;
      if (!file) { event.preventDefault(); preview(table, bulk, { problem: words.chooseFile }); return; }
      content.append("file", file, file.name);
    }
    event.preventDefault();
    try { preview(table, bulk, await ask(table, content)); } catch { preview(table, bulk, { problem: words.pasteLater }); }
  });
  form.addEventListener("click", act);
  for (const table of form.querySelectorAll("[data-mc-table]")) renumber(table);

  return {
    fitRows(group, content) {
      const table = group.querySelector("[data-mc-table]");
      if (!table) return;
      const places = Object.keys(content).map((name) => Number((name.match(/-(\d+)-/) || [])[1])).filter(Number.isInteger);
      while (rowsOf(table).length <= Math.max(0, ...places)) addRow(table);
      renumber(table);
    },
  };
}
