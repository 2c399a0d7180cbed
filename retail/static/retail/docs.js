// Swagger UI has dark colours, and takes them from a class of the page.
const dark = matchMedia("(prefers-color-scheme: dark)");
const show = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", show);
show();

// Its groups of calls are headings of the third level below one of the first, and what it
// says of itself lies in no landmark.
new MutationObserver(() => {
  for (const group of document.querySelectorAll(".opblock-tag, .models > h4")) group.ariaLevel = "2";
  const about = document.querySelector(".information-container");
  if (about) Object.assign(about, { role: "region", ariaLabel: document.title });
}).observe(document, { childList: true, subtree: true });
