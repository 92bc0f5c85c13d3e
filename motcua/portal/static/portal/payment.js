// While the bank has not answered: ask for the page again, and show what changed. Without this script the page reloads itself.
const PAUSE = 4000;
const LONGEST = 15 * 60 * 1000;
const began = Date.now();
const outcome = (page) => page.querySelector("[data-mc-outcome]")?.dataset.mcOutcome;

async function look() {
  if (Date.now() - began > LONGEST) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = outcome(page);
      if (now && now !== outcome(document)) {
        location.reload();
        return;
      }
    } catch {
      // no network for a moment: try again
    }
  }
  setTimeout(look, PAUSE);
}
setTimeout(look, PAUSE);
