// Clocks that go on by themselves, in the words of the page:
//   <body data-clock-in="in {span}" data-clock-late="{span} late" data-clock-days="{count} days" data-clock-now="ISO">
//   .clock[data-due][data-since][data-before]   a promise: calm, amber in the last third, red when late
//   [data-ago="ISO"][data-says="waits for {span}"]   how long ago, counting up
// The server's clock counts: a tablet's may be wrong.

const words = document.body.dataset;
const ahead = words.clockNow ? Date.parse(words.clockNow) - Date.now() : 0;
const NBSP = "\u00a0";

// The same as retail.formatting.span: 40 s, 24 min, 1 h 12 min, 3 days.
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}${NBSP}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${NBSP}min`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours >= 48) return words.clockDays.replace("{count}", Math.floor(hours / 24));
  return rest ? `${hours}${NBSP}h${NBSP}${String(rest).padStart(2, "0")}${NBSP}min` : `${hours}${NBSP}h`;
}

function promise(clock, now) {
  const [due, since] = [Date.parse(clock.dataset.due), Date.parse(clock.dataset.since)];
  const left = due - now;
  const share = Math.min(100, Math.round((100 * left) / Math.max(due - since, 1000)));
  const pace = left < 0 ? "late" : share <= 33 ? "soon" : "calm";
  const told = (left < 0 ? words.clockLate : words.clockIn).replace("{span}", span(Math.abs(left)));
  const before = clock.dataset.before;
  const text = before && pace !== "late" ? `${before} ${told}` : told[0].toUpperCase() + told.slice(1);
  const shown = clock.querySelector("span");
  if (shown.textContent !== text) shown.textContent = text;
  clock.dataset.pace = pace;
  const track = clock.querySelector("progress");
  if (track) track.value = left < 0 ? 100 : share;
}

export function tick() {
  const now = Date.now() + ahead;
  for (const clock of document.querySelectorAll(".clock[data-due]")) promise(clock, now);
  for (const each of document.querySelectorAll("[data-ago]")) {
    const text = each.dataset.says.replace("{span}", span(now - Date.parse(each.dataset.ago)));
    if (each.textContent !== text) each.textContent = text;
  }
}

if (words.clockIn) {
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSwap", tick);
}
