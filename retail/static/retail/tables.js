// The tables' package keeps a theme of its own: it follows the house's, chosen on any other page. Small screens begin with the menu closed.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    localStorage.setItem("_x_adminTheme", JSON.stringify(theme === "light" || theme === "dark" ? theme : "auto"));
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the system's theme then stays.
  }
  document.addEventListener("DOMContentLoaded", () => {
    if (matchMedia("(max-width: 64rem)").matches) document.querySelector(".tables-menu")?.removeAttribute("open");
    else document.querySelector(".tables-side a[aria-current]")?.scrollIntoView({ block: "nearest" });
  });
  // Two lists of parts on one page: each region says which it is. A box that seeks as one types is named by its field's label, and by what is chosen.
  const name = () => {
    for (const region of document.querySelectorAll('[role="region"][aria-label="scrollable content"]')) {
      const heading = region.closest("fieldset")?.querySelector("h2");
      if (heading) region.setAttribute("aria-label", heading.textContent.trim());
    }
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const box = select.nextElementSibling?.querySelector(".select2-selection");
      const chosen = box?.querySelector(".select2-selection__rendered");
      if (!label || !chosen) continue;
      label.id ||= `${select.id}-label`;
      box.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
      chosen.setAttribute("aria-labelledby", label.id);
    }
  };
  // the boxes are made when the page is ready, in no order that can be relied on
  addEventListener("load", () => { name(); setTimeout(name, 300); });
})();
