// What the page does beyond HTML. Everything works without it; attributes say what is wanted:
//   data-opens="ID"      a button that opens <dialog id="ID">          data-closes   a button that closes its dialog
//   data-theme-set="…"   light | dark | system                         data-step="-1"   changes the number input of its .stepper
//   data-submits         a control whose change sends its form         data-prints   prints the page
//   data-once            a form that sends once; its button shows that it works
//   data-focus           takes the focus when the page or the piece arrives (the error summary)
//   data-failed="…"      inside a piece that htmx loads: what it says when that fails
// Toasts: toast(text, {undo}) or a `.toast` in the page; they leave after 6 s, not while pointed at or focused.

const TOAST_MS = 6000;

function leaveLater(toast) {
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), TOAST_MS); };
  const pause = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", pause);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", pause);
  toast.addEventListener("focusout", start);
  start();
}

export function toast(text, { undo } = {}) {
  const place = document.querySelector(".toasts");
  if (!place) return null;
  const element = document.createElement("div");
  element.className = "toast";
  element.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn plain", textContent: undo.label });
    button.addEventListener("click", () => { undo.run(); element.remove(); });
    element.append(button);
  }
  place.append(element);
  leaveLater(element);
  return element;
}

function setTheme(theme) {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
  try {
    if (root.dataset.theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Storage may be forbidden; the choice then lasts for this page.
  }
  showTheme();
}

function showTheme() {
  const now = document.documentElement.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === now));
  }
}

function step(button) {
  const input = button.closest(".stepper")?.querySelector("input");
  if (!input) return;
  if (Number(button.dataset.step) > 0) input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button, a") : null;
  if (!button) return;
  if (button.dataset.opens) document.getElementById(button.dataset.opens)?.showModal();
  if ("closes" in button.dataset) button.closest("dialog")?.close();
  if (button.dataset.themeSet) setTheme(button.dataset.themeSet);
  if (button.dataset.step) step(button);
  if ("prints" in button.dataset) window.print();
});

document.addEventListener("change", (event) => {
  if (event.target instanceof Element && event.target.matches("[data-submits]")) event.target.form?.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  (event.submitter ?? form.querySelector("button"))?.setAttribute("aria-busy", "true");
});

// A piece of the page that met a closed moment (503 with Retry-After: the dial is being turned)
// is asked for again with what was sent, ids and all, which makes it the same act. Pieces that
// ask on their own every few seconds do so anyway.
const AGAIN = "X-Again";
const TRIES = 12; // the server holds each for some seconds first: about a minute

function release(form) {
  delete form.dataset.sent;
  for (const busy of form.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
}

function sendAgain({ xhr, elt, target, requestConfig: asked }) {
  const seconds = Number(xhr.status === 503 && xhr.getResponseHeader("Retry-After"));
  if (!seconds || elt.getAttribute("hx-trigger")?.includes("every")) return;
  const words = document.querySelector(".toasts")?.dataset ?? {};
  const tries = Number(asked.headers[AGAIN] ?? 0) + 1;
  if (tries > TRIES) {
    if (elt.matches("form")) release(elt);
    toast(words.long);
    return;
  }
  if (tries === 1) toast(words.closed);
  const swap = elt.getAttribute("hx-swap") ?? undefined;
  setTimeout(() => {
    const source = elt.isConnected ? { source: elt } : {};
    const headers = { ...asked.headers, [AGAIN]: String(tries) };
    window.htmx.ajax(asked.verb, asked.path, { ...source, target, swap, headers, values: asked.formData });
  }, seconds * 1000);
}

// Heard from the request itself: a poll may replace what was pressed before its answer comes.
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  detail.xhr.addEventListener("load", () => sendAgain(detail));
});

for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, ({ detail: { elt } }) => {
    const told = elt.querySelector?.(":scope > [data-failed]");
    if (!told) return;
    told.textContent = told.dataset.failed;
    elt.removeAttribute("aria-busy");
  });
}

// A page that comes back from the history must be usable again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});

// `root` may itself be the piece that htmx swapped in.
function wake(root) {
  const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  for (const element of all("[data-script]")) element.hidden = false;
  for (const element of all(".toast")) leaveLater(element);
  all("[data-focus]")[0]?.focus();
  showTheme();
}

wake(document);
document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) wake(event.target); });

// On a phone the office's links run sideways: the page's own is brought into view.
if (!location.hash) document.querySelector(".office > .side nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
