// Deadlines of some working hours count on while the page is open; without this they stand as the page was sent.
// Time passes from the server's moment: what the clock of this computer says does not matter, only how it moves on.
const words = JSON.parse(document.querySelector("[data-countdown-words]").dataset.countdownWords);
const begun = Date.now(); // not performance.now(): that one may stand still while the computer sleeps
const clocks = [...document.querySelectorAll("[data-countdown]")].map((box) => ({ box, ...JSON.parse(box.dataset.countdown) }));

const fill = (pattern, value) => pattern.replace(/%\(\w+\)[sd]/, value);
const many = (forms, n) => fill(forms[n === 1 ? 0 : 1], n);
function length(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours ? many(words.hours, hours) : "", rest || !hours ? many(words.minutes, rest) : ""].filter(Boolean).join(" ");
}
function told(clock, left, passed) {
  const hours = left / 3600;
  const minutes = Math.round(left / 60);
  const whole = hours >= clock.day;
  const time = minutes === 0 ? words.last : whole ? fill(words.days, Math.floor(hours / clock.day)) : fill(words.working, length(minutes));
  const text = fill(words.left, time);
  if (passed < clock.today) return text[0].toUpperCase() + text.slice(1);
  return whole ? words.today : fill(words.todayLeft, text);
}
function show(box, text, tone) {
  const now = box.firstElementChild;
  if (now.textContent === text && box.dataset.tone === tone) return;
  const next = document.createElement(tone ? "strong" : "span");
  next.className = tone ? `govuk-tag ${tone}` : "desk-due__left";
  next.textContent = text;
  box.dataset.tone = tone;
  now.replaceWith(next);
}
function tick() {
  const passed = (Date.now() - begun) / 1000;
  for (const clock of clocks) {
    const last = clock.spans.at(-1);
    const left = clock.spans.reduce((sum, [from, to]) => sum + Math.max(0, to - Math.max(from, passed)), 0);
    if (!last || passed > last[1]) show(clock.box, words.late, "govuk-tag--red");
    else show(clock.box, told(clock, left, passed), left / 3600 <= clock.nearly ? "govuk-tag--orange" : "");
  }
}
if (clocks.length) {
  tick();
  setInterval(tick, 5000);
  document.addEventListener("visibilitychange", tick);
}
