// Cash in and out, and the blind count: nobody is shown what should be there.

import { useState } from "../vendor/hooks.js";
import { closeShift, moveCash, showReport } from "./drawer.js";
import { typedAmount } from "./money.js";
import * as state from "./state.js";
import { close } from "./tiles_pane.js";
import { AmountInput, Dialog, Icon, html } from "./ui.js";
import { t } from "./words.js";

const Amount = ({ id, label, hint, first }) => html`
  <div class="field"><label for=${id}>${label}</label>${hint && html`<span class="hint" id=${`${id}-hint`}>${hint}</span>`}
    <${AmountInput} id=${id} data-first=${first || undefined} aria-describedby=${hint ? `${id}-hint` : undefined} /></div>`;

const Wrong = ({ text }) => text && html`<p class="notice" data-tone="bad" role="alert"><${Icon} name="alert" /><span>${text}</span></p>`;

function Moving() {
  const [wrong, setWrong] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    const { way, amount, reason } = event.target.elements;
    setWrong(await moveCash(way.value, typedAmount(amount.value), reason.value));
  };
  return html`<form class="stack near" onSubmit=${submit} aria-labelledby="moving">
    <h3 class="sub" id="moving">${t("cash_in_out")}</h3><${Wrong} text=${wrong} />
    <div class="field"><label for="way">${t("which_way")}</label><select class="input" id="way" name="way">
      <option value="out">${t("cash_out")}</option><option value="in">${t("cash_in")}</option></select></div>
    <${Amount} id="amount" label=${t("amount")} />
    <div class="field"><label for="reason">${t("cash_reason")}</label><input class="input" id="reason" name="reason" required maxlength="80" autocomplete="off" /></div>
    <button class="btn quiet wide">${t("write_down")}</button></form>`;
}

function Closing() {
  const [wrong, setWrong] = useState("");
  const waits = Boolean(state.pending.value);
  const submit = async (event) => {
    event.preventDefault();
    const { counted_cash: cash, counted_card: card } = event.target.elements;
    setWrong(await closeShift(typedAmount(cash.value), typedAmount(card.value)));
  };
  return html`<form class="stack near" onSubmit=${submit} aria-labelledby="closing">
    <h3 class="sub" id="closing">${t("close_shift")}</h3><${Wrong} text=${wrong} />
    <${Amount} id="counted_cash" label=${t("counted_cash")} hint=${t("counted_hint")} first />
    <${Amount} id="counted_card" label=${t("counted_card")} />
    <button class="btn wide" disabled=${waits}>${t("count_and_close")}</button>
    ${waits && html`<p class="small muted">${t("wait_for_ticket")}</p>`}</form>`;
}

export function Drawer() {
  const manager = state.house.value.employee.manager;
  const [wrong, setWrong] = useState("");
  return html`<${Dialog} label=${t("drawer")} onClose=${close}>
    ${state.opened.value
      ? html`<div class="drawer-acts"><${Closing} /><${Moving} /></div>`
      : html`<p class="notice"><${Icon} name="info" /><span>${t("till_closed")}</span></p>`}
    <${Wrong} text=${wrong} />
    <div class="row">${manager && state.shift.value && html`<button type="button" class="btn quiet" onClick=${async () => setWrong(await showReport())}>${t("x_report")}</button>`}
      <button type="button" class="btn quiet" onClick=${close}>${t("close")}</button></div>
  </${Dialog}>`;
}
