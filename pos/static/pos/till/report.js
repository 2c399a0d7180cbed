// X and Z as they are shown and printed.

import { cents } from "./money.js";
import { Row } from "./receipt.js";
import * as state from "./state.js";
import { focusScan } from "./tiles_pane.js";
import { Icon, html, useFocus } from "./ui.js";
import { amount, moment, money, number, t } from "./words.js";

function done() {
  state.report.value = null;
  focusScan();
}

function Tender({ tender }) {
  const name = t(`tender_${tender.method}`);
  if (tender.counted === null) return html`<${Row} label=${name} value=${amount(cents(tender.expected))} />`;
  return html`<p class="strong flush">${name}</p>
    <${Row} label=${t("should_be")} value=${amount(cents(tender.expected))} />
    <${Row} label=${t("was_counted")} value=${amount(cents(tender.counted))} />
    <${Row} strong label=${t("difference")} value=${amount(cents(tender.difference))} />`;
}

export function Report() {
  const report = state.report.value;
  const { till } = state.house.value;
  const title = t(report.kind === "Z" ? "z_number" : "x_number", { number: report.number });
  return html`<div class="stack sold">
    <div class="no-print card stack near" ref=${useFocus()}><h2>${t(report.kind === "Z" ? "shift_closed" : "x_report")}</h2>
      <div class="row"><button type="button" class="btn big" data-first onClick=${done}>${t("done")}</button>
        <button type="button" class="btn quiet" onClick=${() => window.print()}><${Icon} name="printer" />${t("print")}</button></div></div>
    <article class="ticket flat" aria-label=${title}>
      <header><p class="strong">Sarriette ${till.location.name}</p><p>${till.name}</p></header>
      <${Row} strong label=${title} value=${moment(report.at)} />
      <${Row} label=${t("seller")} value=${report.employee} />
      <${Row} label=${t("tickets")} value=${report.tickets ? `${number(report.first)}–${number(report.last)}` : "0"} />
      <hr />
      <${Row} label=${t("sales")} value=${amount(cents(report.sold))} />
      <${Row} label=${t("refunds")} value=${amount(cents(report.refunded))} />
      <${Row} strong label=${t("total")} value=${money(cents(report.total))} />
      <${Row} label=${t("perpetual")} value=${amount(cents(report.perpetual))} />
      <hr />
      <${Row} label=${t("opening_cash")} value=${amount(cents(report.opening))} />
      <${Row} label=${t("cash_in")} value=${amount(cents(report.cash_in))} />
      <${Row} label=${t("cash_out")} value=${amount(-cents(report.cash_out))} />
      <hr />
      ${report.tenders.map((tender) => html`<${Tender} tender=${tender} />`)}
    </article></div>`;
}
