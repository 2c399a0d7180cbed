// How much of it: from the scale, or typed in grams or kilos.

import { useState } from "../vendor/hooks.js";
import { forWeight, typedGrams, MOST_GRAMS } from "./money.js";
import { isSimulated, readScale } from "./scale.js";
import { close } from "./tiles_pane.js";
import { Dialog, Icon, Price, html } from "./ui.js";
import { decimal, perKilo, t, weight } from "./words.js";

const KEYS = ["7", "8", "9", "4", "5", "6", "1", "2", "3", decimal, "0"];

/** `asked.weighed(grams)` is called with what was weighed. */
export function Weighing({ asked }) {
  const { article } = asked;
  const [typed, setTyped] = useState(asked.typed);
  const grams = typedGrams(typed);
  const right = grams > 0 && grams <= MOST_GRAMS;
  const submit = (event) => {
    event.preventDefault();
    if (!right) return;
    close();
    asked.weighed(grams);
  };
  const fromScale = async () => setTyped(String(await readScale()));
  return html`<${Dialog} label=${article.title} onClose=${close}>
    <form class="stack near" onSubmit=${submit}>
      <p class="muted">${perKilo(article.price)}</p>
      <button type="button" class="btn quiet wide" onClick=${fromScale}><${Icon} name="balance" />${t(isSimulated() ? "weigh_simulated" : "weigh")}</button>
      <div class="field"><label for="weight">${t("weight")}</label><span class="hint" id="weight-hint">${t("weight_hint")}</span>
        <input class="input" id="weight" name="weight" data-first inputmode="decimal" autocomplete="off" aria-describedby="weight-hint" value=${typed} onInput=${(event) => setTyped(event.target.value)} /></div>
      <div class="keypad three" role="group" aria-label=${t("keypad")}>
        ${KEYS.map((sign) => html`<button type="button" onClick=${() => setTyped(typed + sign)}>${sign}</button>`)}
        <button type="button" class="fn" onClick=${() => setTyped(typed.slice(0, -1))}>${t("clear")}</button></div>
      <p class="between flush" role="status"><span>${right ? weight(grams) : t("weight_wanted")}</span>${right && html`<${Price} amount=${forWeight(article.price, grams)} />`}</p>
      <button class="btn wide" disabled=${!right}>${t(asked.button)}</button></form>
    <div class="row"><button type="button" class="btn quiet" onClick=${close}>${t("close")}</button></div>
  </${Dialog}>`;
}
