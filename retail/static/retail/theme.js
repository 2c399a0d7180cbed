// Runs before the first paint: a theme chosen on this device wins over the system's. Kept apart from ui.js, which comes later.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the system's theme then stays.
  }
})();
