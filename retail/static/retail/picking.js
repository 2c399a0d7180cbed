// While an order is picked: a scan counts its item, and the sum goes along. When it is to
// be handed over, a scan is the customer's code, wherever the focus is.

import { listen } from "./wedge.js";

const form = document.getElementById("picking");
const scan = document.getElementById("scan");

if (form && scan) {
  const told = document.getElementById("scanned");
  const lines = [...form.querySelectorAll("[data-gtin]")];
  const input = (line) => line.querySelector("input[type=number]");

  const sum = () => {
    const inputs = lines.map(input).filter(Boolean);
    const total = inputs.reduce((units, each) => units + (Number(each.value) || 0), 0);
    document.getElementById("counted").textContent = String(total);
    document.getElementById("progress").value = total;
    for (const line of lines) line.toggleAttribute("data-full", !input(line) || input(line).value === input(line).max);
  };

  const tell = (text, tone, line) => {
    told.textContent = text;
    told.dataset.tone = tone;
    for (const each of lines) each.toggleAttribute("data-hit", each === line);
    line?.scrollIntoView({ block: "nearest" });
  };

  // Barcodes come with or without leading zeros, depending on the scanner.
  const bare = (code) => code.replace(/\D/g, "").replace(/^0+/, "");

  // The same article may stand on two lines: the first that is not full takes it.
  const count = (code) => {
    const same = lines.filter((line) => bare(line.dataset.gtin) === bare(code));
    const open = same.find((line) => input(line) && Number(input(line).value) < Number(input(line).max));
    if (open) {
      input(open).stepUp();
      tell(`${scan.dataset.found} ${open.dataset.title}`, "ok", open);
      sum();
    } else if (same.length) {
      tell(`${scan.dataset.enough} ${same[0].dataset.title}`, "warn", same[0]);
    } else {
      tell(`${scan.dataset.unknown} ${code}`, "bad");
    }
  };

  scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // a scanner ends with Enter, which must not send the form
    if (scan.value.trim()) count(scan.value.trim());
    scan.value = "";
  });
  form.addEventListener("change", sum);
  // Enter sends a form by its first button; after the shelf it is another one that is meant.
  document.getElementById("shelf")?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit(document.getElementById("stage"));
  });
  if (matchMedia("(pointer: fine)").matches) scan.focus();
}

const code = document.getElementById("code");
if (code) {
  listen((text) => {
    code.value = text;
    code.form.querySelector("button.big")?.focus();
  }, "#code");
}
