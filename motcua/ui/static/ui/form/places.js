// Communes follow the province without a reload; both are found by typing, also by the names before 1/7/2025.
import { combobox } from "./combobox.js";

const known = new Map();

async function communesOf(province, address) {
  if (!known.has(province)) {
    known.set(province, fetch(address.replace("PROVINCE", province), { headers: { "X-Requested-With": "fetch" } })
      .then((response) => { if (!response.ok) throw new Error(String(response.status)); return response.json(); })
      .then((answer) => answer.communes)
      .catch((problem) => { known.delete(province); throw problem; }));
  }
  return known.get(province);
}

export function places(form, words) {
  const address = form.dataset.mcCommunes;
  for (const select of form.querySelectorAll("select[data-mc-search]")) {
    if (select.closest("template, [data-mc-row]")) continue;
    combobox(select, words);
  }
  if (!address) return;
  for (const box of form.querySelectorAll("[data-mc-place-of]")) {
    const province = box.querySelector("[data-mc-place=province]");
    const commune = box.querySelector("[data-mc-place=commune]");
    if (!province || !commune) continue;
    const before = box.querySelector("[data-mc-before]");
    const tellBefore = () => {
      const option = commune.value && commune.selectedOptions[0];
      before.hidden = !(option && option.dataset.before);
      if (!before.hidden) before.textContent = words.before.replace("%{names}", option.dataset.before.split("; ").map((name) => name.split(",")[0]).join(", "));
    };
    async function fill(keep) {
      let found = [];
      try { if (province.value) found = await communesOf(province.value, address); } catch { return; }
      const blank = new Option(province.value ? words.chooseCommune : words.chooseProvince, "");
      const options = found.map(({ code, name, before: old }) => {
        const option = new Option(name, code);
        if (old) option.dataset.before = old;
        return option;
      });
      commune.replaceChildren(blank, ...options);
      commune.value = found.some(({ code }) => code === keep) ? keep : "";
      commune.dispatchEvent(new Event("mc-set"));
      if (commune.value !== keep) commune.dispatchEvent(new Event("change", { bubbles: true }));
      tellBefore();
    }
    province.addEventListener("change", () => fill(""));
    province.addEventListener("mc-set", () => fill(commune.value));
    commune.addEventListener("change", tellBefore);
    box.addEventListener("focusin", () => { if (province.value) fill(commune.value); }, { once: true });
  }
}
