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
  });
  // Two lists of parts on one page: each region says which it is.
  addEventListener("load", () => {
    for (const region of document.querySelectorAll('[role="region"][aria-label="scrollable content"]')) {
      const heading = region.closest("fieldset")?.querySelector("h2");
      if (heading) region.setAttribute("aria-label", heading.textContent.trim());
    }
  });
})();
