// The draft of a result saves itself while one types, and the paper beside it is drawn anew.

const form = document.querySelector("[data-desk-draft]");
const paper = document.querySelector("[data-desk-draft-preview]");

if (form && paper) {
  const told = form.querySelector("[data-desk-draft-saved]");
  const address = paper.src.split("#")[0].split("?")[0];
  let timer = 0;
  let round = 0;

  const save = async () => {
    const mine = ++round;
    const sent = new FormData(form);
    sent.set("tu-dong", "1");
    try {
      const response = await fetch(form.action || location.href, { method: "POST", body: sent, redirect: "error" });
      const answer = await response.json();
      if (mine !== round) return; // something was typed meanwhile
      told.textContent = response.ok ? told.dataset.saved : answer.problem;
      if (response.ok) paper.contentWindow.location.replace(`${address}?${Date.now()}#navpanes=0`);
    } catch {
      told.textContent = told.dataset.failed;
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 900);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

// A signature that is waited for: the page comes anew when it has come, or will not come.

const waiting = document.querySelector("[data-desk-waiting]");

if (waiting) {
  const ask = async () => {
    try {
      const response = await fetch(waiting.dataset.deskWaiting, { headers: { Accept: "application/json" } });
      if (response.ok && !(await response.json()).waits) {
        location.reload();
        return;
      }
    } catch {
      // asked again below
    }
    setTimeout(ask, 3000);
  };
  setTimeout(ask, 3000);
}
