// Small pieces that every pane is made of.

import { h } from "../vendor/preact.js";
import htm from "../vendor/htm.js";
import { useEffect, useLayoutEffect, useRef } from "../vendor/hooks.js";
import { readBy } from "./scanner.js";
import { boot, moneyParts, t } from "./words.js";

export const html = htm.bind(h);

export const Icon = ({ name }) => html`
  <svg class="icon" aria-hidden="true"><use href=${`${boot.icons}#${name}`} /></svg>`;

/** An amount in cents as the label shows it: whole part large, cents small. */
export function Price({ amount, size = "" }) {
  const { before, whole, after } = moneyParts(amount);
  return html`<data class=${`price ${size}`.trim()} value=${amount / 100}
    >${before && html`<small>${before}</small>`}${whole}<small>${after}</small></data>`;
}

export const Plate = ({ article }) => html`
  <span class=${`plate mini ${article.snap ? "snap" : ""}`}>
    ${article.image
      ? html`<img src=${article.image} alt="" width="240" height="240" loading="lazy" decoding="async" />`
      : html`<${Icon} name=${article.icon} />`}
  </span>`;

/** For a part that comes in place of what was pressed: takes the focus that is lost. */
export function useFocus() {
  const element = useRef(null);
  useEffect(() => { element.current?.querySelector("[data-first]")?.focus(); }, []);
  return element;
}

/** As long as it is rendered, what is scanned goes to `read`. */
export function useScan(read) {
  const now = useRef(read);
  now.current = read;
  // at once: a device that is busy hands over the scan before it paints
  useLayoutEffect(() => readBy((text) => now.current(text)), []);
}

/** A native dialog that is open as long as it is rendered; Escape closes it. */
export function Dialog({ label, onClose, children }) {
  const element = useRef(null);
  useLayoutEffect(() => {
    element.current.showModal();
    element.current.querySelector("[data-first]")?.focus();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${element} aria-labelledby="dialog-title" onCancel=${cancel}>
    <div class="stack"><h2 id="dialog-title">${label}</h2>${children}</div>
  </dialog>`;
}

const AMOUNT = "[0-9]{1,6}([.,][0-9]{1,2})?";

/** A field for an amount of money, labelled by whatever stands before it. */
export const AmountInput = ({ id, ...more }) => html`
  <input class="input" id=${id} name=${id} inputmode="decimal" autocomplete="off" required pattern=${AMOUNT} title=${t("amount_hint")} ...${more} />`;

const LINKS = {
  multichannel: "",
  "cross-channel": "M11 7h4",
  custom: "M11 7h4",
};

/** Two dots: blue the web, orange the stores; apart, linked or overlapping. */
const Glyph = ({ level }) => html`
  <svg class="glyph" viewBox="0 0 26 14" aria-hidden="true">
    ${level === "omnichannel"
      ? html`<circle class="w" cx="6.5" cy="7" r="5.5" /><circle class="s" cx="13" cy="7" r="5.5" fill-opacity=".88" />`
      : html`<path d=${LINKS[level]} /><circle class="w" cx="6" cy="7" r="5" /><circle class="s" cx="20" cy="7" r="5" />`}
  </svg>`;

/** Study mode: the visitor's question, this level's answer, the other level's. */
export const Why = ({ why }) => why && html`
  <div class="why" role="note">
    <${Glyph} level=${why.level} />
    <p><b>${why.question}</b></p>
    <p class="muted">${why.now}</p>
    <p class="muted">${why.other}</p>
  </div>`;
