// What is taken off, of what, and why.

import { useState } from "../vendor/hooks.js";
import { lessPercent, takeOff } from "./cutting.js";
import { cents, typedAmount } from "./money.js";
import * as state from "./state.js";
import { close } from "./tiles_pane.js";
import { AmountInput, Dialog, Icon, html } from "./ui.js";
import { money, percent, t } from "./words.js";

const REASONS = ["damaged", "date", "marked", "gesture"];

export function Cutting({ asked }) {
  const [wrong, setWrong] = useState("");
  const [scope, setScope] = useState(asked.line ? "line" : "ticket");
  const [how, setHow] = useState("percent");
  const limit = state.house.value.cut_limit;
  const submit = (event) => {
    event.preventDefault();
    const { value, cut_reason: reason } = event.target.elements;
    const typed = typedAmount(value.value) ?? 0;
    const keys = scope === "line" ? [asked.line.key] : state.standing.value.map((line) => line.key);
    // a percentage is typed like an amount: 12,5 is 1250
    const byPercent = scope === "ticket" || how === "percent";
    if (byPercent && typed > 10000) return setWrong(t("cut_none"));
    return setWrong(takeOff(keys, (price) => (byPercent ? lessPercent(price, typed / 100) : typed), reason.value));
  };
  return html`<${Dialog} label=${t("cut_title")} onClose=${close}>
    <form class="stack near" onSubmit=${submit}>
      ${wrong && html`<p class="notice" data-tone="bad" role="alert"><${Icon} name="alert" /><span>${wrong}</span></p>`}
      <div class="field"><label for="scope">${t("cut_for")}</label><select class="input" id="scope" value=${scope} onChange=${(event) => setScope(event.target.value)}>
        ${asked.line && html`<option value="line">${t("cut_line", { title: asked.line.title })}</option>`}<option value="ticket">${t("cut_ticket")}</option></select></div>
      ${scope === "line" && html`<div class="field"><label for="how">${t("cut_how")}</label><select class="input" id="how" value=${how} onChange=${(event) => setHow(event.target.value)}>
        <option value="percent">${t("cut_percent")}</option><option value="price">${t("cut_price")}</option></select></div>`}
      <div class="field"><label for="value">${t(scope === "line" && how === "price" ? "cut_price" : "cut_percent")}</label>
        <${AmountInput} id="value" data-first defaultValue=${asked.typed} /></div>
      <div class="field"><label for="cut_reason">${t("cut_reason")}</label><select class="input" id="cut_reason" name="cut_reason">
        ${REASONS.map((each) => html`<option value=${each}>${t(`cut_${each}`)}</option>`)}</select></div>
      <p class="small muted">${t("cut_limit", { share: percent(limit.percent / 100), amount: money(cents(limit.amount)) })}</p>
      <button class="btn wide">${t("cut_take")}</button></form>
    <div class="row"><button type="button" class="btn quiet" onClick=${close}>${t("close")}</button></div>
  </${Dialog}>`;
}
