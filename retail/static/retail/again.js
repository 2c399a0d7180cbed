// The page of a closed moment sends its form again by itself, with the fields it holds. Each
// try that comes too early is answered by this page anew; after a minute it leaves it to the
// person. The count is spoken once, and shown each second.

const MINUTE = 60_000;
const form = document.querySelector("form[data-again]");
const told = form.querySelector("[role=status]");
// a field may be called "method" or "action" and would hide the form's own
const key = `again ${form.getAttribute("method")} ${form.getAttribute("action")}`;
const now = Date.now();

// When the first of these pages came. One of an hour ago belongs to something else.
function since() {
  try {
    const kept = Number(sessionStorage.getItem(key));
    if (kept && now - kept < 2 * MINUTE) return kept;
    sessionStorage.setItem(key, String(now));
  } catch {
    // Storage may be forbidden: then each page counts from its own beginning.
  }
  return now;
}

function forget() {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // see above
  }
}

function send() {
  told.textContent = told.dataset.now;
  form.querySelector("button").setAttribute("aria-busy", "true");
  HTMLFormElement.prototype.submit.call(form);
}

function count(seconds) {
  if (seconds <= 0) return send();
  told.textContent = told.dataset.soon.replace("{seconds}", String(seconds));
  if (seconds < Number(form.dataset.again)) told.setAttribute("aria-live", "off");
  timer = setTimeout(count, 1000, seconds - 1);
}

let timer;
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  // a button that was pressed twice sends once
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  form.querySelector("button").setAttribute("aria-busy", "true");
});

told.hidden = false;
if (now - since() > MINUTE) {
  forget();
  told.textContent = told.dataset.long;
} else {
  count(Number(form.dataset.again));
}
