// The tickets that wait in this store.

import { cents } from "./money.js";
import { takeUp } from "./parking.js";
import * as state from "./state.js";
import { close } from "./tiles_pane.js";
import { Dialog, html } from "./ui.js";
import { clock, money, t } from "./words.js";

export function Parked() {
  const waiting = state.parked.value;
  return html`<${Dialog} label=${t("parked_title")} onClose=${close}>
    ${state.begun.value && html`<p class="small muted">${t("finish_sale_first")}</p>`}
    <div class="stack tight">${waiting.map((each, i) => html`
      <button type="button" class="btn quiet wide between" disabled=${state.begun.value} data-first=${i === 0 || undefined} onClick=${() => takeUp(each.id)}>
        <span>${clock(each.parked_at)} · ${each.till} · ${each.by}</span>
        <span class="plain-weight">${t("items", { count: each.units })}, ${money(cents(each.total))}</span></button>`)}</div>
    ${waiting.length === 0 && html`<p class="empty">${t("none_parked")}</p>`}
    <div class="row"><button type="button" class="btn quiet" onClick=${close}>${t("close")}</button></div>
  </${Dialog}>`;
}
