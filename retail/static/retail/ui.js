// What the page does beyond HTML. Everything works without it; attributes say what is wanted:
//   data-opens="ID"      a button that opens <dialog id="ID">          data-closes   a button that closes its dialog
//   data-theme-set="…"   light | dark | system                         data-step="-1"   changes the number input of its .stepper
//   data-submits         a control whose change sends its form         data-prints   prints the page
//   data-once            a form that sends once; its button shows that it works
//   data-focus           takes the focus when the page or the piece arrives (the error summary)
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

// A page that comes back from the history must be usable again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const busy of form.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  }
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
