// Right, where the customer gets money: as it was paid, or all of it in cash.

import { asPaid } from "./money.js";
import { giveBack } from "./returning.js";
import * as state from "./state.js";
import { html, useFocus } from "./ui.js";
import { money, t } from "./words.js";

export function GiveBack() {
  const owed = -state.due.value;
  const paid = state.refund.value?.money ?? {};
  const parts = asPaid(owed, paid, state.house.value.points_for_one_euro);
  const allCash = parts.length === 1 && parts[0].method === "cash";
  return html`<div class="stack near give-back" ref=${useFocus()} role="group" aria-labelledby="back-title">
    <h2 class="sub" id="back-title">${t("give_back")}</h2>
    ${parts.map(({ method, amount }) => html`<p class="between flat paid-part"><span>${t(`tender_${method}`)}</span><b>${money(amount)}</b></p>`)}
    <button type="button" class="btn wide" data-first onClick=${() => giveBack(parts)}>${t(state.refund.value ? "back_as_paid" : "back_in_cash")}</button>
    ${!allCash && html`<button type="button" class="btn quiet wide" onClick=${() => giveBack([{ method: "cash", amount: owed }])}>${t("back_all_cash")}</button>`}
    ${!state.refund.value && html`<p class="small muted">${t("back_needs_manager")}</p>`}
  </div>`;
}
