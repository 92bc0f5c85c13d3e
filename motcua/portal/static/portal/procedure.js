// The parts of a procedure as tabs beside their text, and the button that prints.
import { Tabs, createAll } from "../ui/vendor/govuk-frontend/govuk-frontend.js";

// The list stands upright on wide screens, so the arrows up and down move in it too.
class SideTabs extends Tabs {
  onTabKeydown(event) {
    if (event.key === "ArrowUp") this.activatePreviousTab();
    else if (event.key === "ArrowDown") this.activateNextTab();
    else return super.onTabKeydown(event);
    event.preventDefault();
  }
}
SideTabs.moduleName = "mc-side-tabs";

createAll(SideTabs);

for (const button of document.querySelectorAll("[data-mc-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
