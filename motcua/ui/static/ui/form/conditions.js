// Which questions are asked, worked out in the page where the server said how, else as the server tells after saving.

const names = (name) => { // "nguoi.name" is a part of a field
  const [field, part] = name.split(".");
  return { field, input: part ? `${field}-${part}` : field };
};

export function conditions(form) {
  const groupOf = (name) => form.querySelector(`[data-mc-group="${CSS.escape(name)}"]`);

  function valuesOf(name) {
    const { field, input } = names(name);
    const group = groupOf(field);
    if (!group || group.closest("[hidden]")) return [];
    const values = [];
    for (const one of group.querySelectorAll(`[name="${CSS.escape(input)}"]`)) {
      if ((one.type === "radio" || one.type === "checkbox") && !one.checked) continue;
      if (one.value.trim()) values.push(one.value.trim());
    }
    return values;
  }
  function holds([operator, name, wanted]) {
    if (operator === "or") return name.some((all) => all.every(holds));
    if (operator === "not") return !name.every(holds);
    const values = valuesOf(name);
    const value = values[0] || "";
    if (operator === "==") return value === wanted;
    if (operator === "!=") return value !== wanted;
    if (operator === "in") return wanted.includes(value);
    return values.includes(wanted);
  }
  const known = [...form.querySelectorAll("[data-mc-when]:not([data-mc-when=''])")].map((element) => [element, JSON.parse(element.dataset.mcWhen)]);
  const sections = [...form.querySelectorAll("[data-mc-section]:not([data-mc-when])")];

  function hideEmptySections() {
    for (const section of sections) {
      const groups = [...section.querySelectorAll("[data-mc-group]")];
      section.hidden = groups.length > 0 && groups.every((group) => group.hidden);
    }
  }
  function show() {
    for (let round = 0; round < 6; round += 1) { // a question may hang on one that stands after it
      let moved = false;
      for (const [element, condition] of known) {
        const hidden = !condition.every(holds);
        if (element.hidden !== hidden) { element.hidden = hidden; moved = true; }
      }
      if (!moved) break;
    }
    hideEmptySections();
  }
  function hideAsTold(hidden) {
    for (const group of form.querySelectorAll("[data-mc-group][data-mc-when='']")) group.hidden = hidden.includes(group.dataset.mcGroup);
    for (const section of form.querySelectorAll("[data-mc-section][data-mc-when='']")) {
      section.hidden = [...section.querySelectorAll("[data-mc-group]")].every((group) => hidden.includes(group.dataset.mcGroup));
    }
    show();
  }
  return { show, hideAsTold, groupOf };
}
