// What scripts add to pages that already work without them.
import {
  Button, CharacterCount, ErrorSummary, FileUpload, PasswordInput, ServiceNavigation, SkipLink, createAll,
} from "./vendor/govuk-frontend/govuk-frontend.js";

const root = document.documentElement;
document.body.classList.add("js-enabled", "govuk-frontend-supported");

// Components speak the page's language: body[data-mc-texts].
const texts = JSON.parse(document.body.dataset.mcTexts || "{}");
const configs = new Map([
  [FileUpload, {
    i18n: {
      chooseFilesButton: texts.chooseFile, dropInstruction: texts.dropFile, noFileChosen: texts.noFile,
      multipleFilesChosen: { other: texts.files }, enteredDropZone: texts.dropEntered, leftDropZone: texts.dropLeft,
    },
  }],
  [CharacterCount, {
    i18n: {
      charactersUnderLimit: { other: texts.charactersLeft }, charactersAtLimit: texts.charactersNone,
      charactersOverLimit: { other: texts.charactersOver },
    },
  }],
  [PasswordInput, {
    i18n: {
      showPassword: texts.show, hidePassword: texts.hide, showPasswordAriaLabel: texts.showPassword,
      hidePasswordAriaLabel: texts.hidePassword, passwordShownAnnouncement: texts.passwordShown,
      passwordHiddenAnnouncement: texts.passwordHidden,
    },
  }],
]);

export function start(scope = document) {
  for (const component of [
    Button, CharacterCount, ErrorSummary, FileUpload, PasswordInput, ServiceNavigation, SkipLink,
  ]) createAll(component, configs.get(component), scope);
}
start();

// Text size and contrast: at once, without losing what was typed; the cookies tell the server for the next page.
const keep = (name, value) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
};
const textSize = () => Number((root.className.match(/mc-text-(\d)/) || [0, 1])[1]);
for (const form of document.querySelectorAll("[data-mc-display]")) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || button.name === "ngon-ngu") return; // the words of a page come from the server
    event.preventDefault();
    if (button.name === "chu") {
      const step = Number(button.dataset.mcText);
      const wished = step === 0 ? 1 : Math.min(3, Math.max(0, textSize() + step));
      root.className = root.className.replace(/mc-text-\d/, `mc-text-${wished}`);
      keep("mc_text", wished);
    } else {
      const strong = button.value === "1";
      root.classList.toggle("mc-contrast", strong);
      for (const other of form.querySelectorAll("[aria-pressed]")) {
        other.setAttribute("aria-pressed", String((other.value === "1") === strong));
      }
      keep("mc_contrast", strong ? 1 : 0);
    }
  });
}

// Opened menus close on Escape and when one presses elsewhere.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("[data-mc-menu][open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("[data-mc-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement.closest("[data-mc-menu][open]");
  closeMenus();
  if (menu) menu.querySelector("summary").focus();
});

// A date typed with digits, dots or dashes becomes dd/MM/yyyy on leaving the field.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !("mcDay" in field.dataset)) return;
  const parts = field.value.trim().match(/^(\d{1,2})[\s./-]*(\d{1,2})[\s./-]*(\d{4})$/);
  if (parts && (/[\s./-]/.test(field.value.trim()) || field.value.trim().length === 8)) {
    field.value = `${parts[1].padStart(2, "0")}/${parts[2].padStart(2, "0")}/${parts[3]}`;
  }
});
