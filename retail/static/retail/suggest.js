// Suggestions while somebody types in a search field, after the combobox pattern of WAI-ARIA:
//   <input data-suggests="ADDRESS" role="combobox" aria-controls="ID" …> and <div id="ID" role="listbox" hidden>
// ADDRESS?q=… answers a piece of a page: links with role="option" and an id. Arrow keys go through them, Enter follows
// the one that is marked (none: the form is sent), Escape closes. Without this script the field is a search field.

const WAIT_MS = 180;

for (const input of document.querySelectorAll("[data-suggests]")) {
  const list = document.getElementById(input.getAttribute("aria-controls"));
  let timer, asked, marked = -1;

  const options = () => [...list.querySelectorAll('[role="option"]:not([aria-disabled])')];

  function mark(index) {
    const all = options();
    marked = all.length ? (index + all.length) % all.length : -1;
    for (const [i, each] of all.entries()) each.setAttribute("aria-selected", String(i === marked));
    if (marked < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", all[marked].id);
      all[marked].scrollIntoView({ block: "nearest" });
    }
  }

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) {
      marked = -1;
      input.removeAttribute("aria-activedescendant");
    }
  }

  async function ask() {
    const query = input.value.trim();
    asked?.abort();
    if (query.length < 2) {
      show(false);
      return;
    }
    asked = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.suggests}?q=${encodeURIComponent(query)}`, { signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      list.innerHTML = await answer.text();
    } catch {
      // Too late for this word, or no network: the form still searches.
      if (input.value.trim() === query) show(false);
      return;
    }
    marked = -1;
    show(list.querySelector('[role="option"]') !== null && document.activeElement === input);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("focus", () => { if (list.childElementCount && input.value.trim().length > 1) show(true); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
    } else if (list.hidden) {
      return;
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      mark(marked + 1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      mark(marked < 0 ? options().length - 1 : marked - 1);
    } else if (event.key === "Enter" && marked >= 0) {
      event.preventDefault();
      options()[marked].click();
    }
  });
  input.closest("form").addEventListener("focusout", (event) => {
    if (!input.closest("form").contains(event.relatedTarget)) show(false);
  });
}
