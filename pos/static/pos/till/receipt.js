// The ticket that was just sold: change in large, then the ticket as it prints at 80 mm.

import { CardCode } from "./gift_cards.js";
import { retryHandOver } from "./paying.js";
import { full, taxTable } from "./money.js";
import { freshen } from "./renewing.js";
import { CardAsked, cutNote } from "./ticket_pane.js";
import * as state from "./state.js";
import { Icon, Price, html, useFocus } from "./ui.js";
import { amount, inside, moment, money, number, percent, t, times } from "./words.js";

function nextCustomer() {
  state.receipt.value = null;
  document.getElementById("scan")?.focus();
  void freshen();
}

export const Row = ({ label, value, strong }) => html`
  <p class=${`between flush ${strong ? "strong" : ""}`}><span>${label}</span><span>${value}</span></p>`;

function Taxes({ ticket }) {
  if (ticket.pickup) return html`<p>${t("tax_on_order", { number: ticket.pickup.number })}</p>`;
  return html`<table class="ticket-tax"><thead><tr><th scope="col">${t("tax")}</th><th scope="col" class="num">${t("before_tax")}</th>
      <th scope="col" class="num">${t("tax_amount")}</th><th scope="col" class="num">${t("with_tax")}</th></tr></thead>
    <tbody>${taxTable(ticket.lines).map(([rate, { gross, tax }]) => html`<tr><th scope="row">${percent(rate, 1)}</th>
      <td class="num">${amount(gross - tax)}</td><td class="num">${amount(tax)}</td><td class="num">${amount(gross)}</td></tr>`)}</tbody></table>`;
}

/** What is printed once more is a duplicate, and says which. */
function print(ticket) {
  state.receipt.value = { ...ticket, prints: (ticket.prints ?? 0) + 1 };
  requestAnimationFrame(() => window.print());
}

function Ticket({ ticket }) {
  const { till } = state.house.value;
  const { location } = till;
  // as a return asks for it, in whichever store
  const named = `${location.code}-${till.number}-${ticket.number}`;
  return html`<article class="ticket flat" aria-label=${t("ticket_number", { number: named })}>
    <header><p class="strong">Sarriette ${location.name}</p><p>${location.address}</p><p>${location.postcode} ${location.city}</p></header>
    ${ticket.prints > 1 && html`<p class="strong">${t("duplicate", { number: ticket.prints - 1 })}</p>`}
    <${Row} label=${t("ticket_number", { number: named })} value=${moment(ticket.sold_at)} />
    <${Row} label=${till.name} value=${ticket.seller} />
    <hr />
    ${ticket.lines.map((line) => html`<div><p>${ticket.pickup ? t("web_order_line", { number: line.title }) : line.title}</p>
      ${line.cut && html`<p>${cutNote(line.cut)}</p>`}
      ${line.returned && html`<p>${t("came_back", { reason: inside(t(`reason_${line.returned}`)) })}</p>`}
      <${Row} label=${times(line)} value=${amount(line.offers?.length ? full(line) : line.total)} />
      ${line.offers?.map((off) => html`<${Row} label=${`${off.name}${off.code && ` (${off.code})`}`} value=${amount(-off.amount)} />`)}</div>`)}
    <hr />
    <${Row} strong label=${t("total")} value=${money(ticket.total)} />
    ${ticket.tenders.map((tender) => html`
      <${Row} label=${t(`tender_${tender.method}`)} value=${amount(tender.given)} />
      ${tender.change > 0 && html`<${Row} label=${t("change")} value=${amount(tender.change)} />`}`)}
    <hr />
    <${Taxes} ticket=${ticket} />
    ${ticket.sale && html`<p>${t("of_ticket", { number: ticket.sale })}</p>`}
    ${ticket.customer && html`<p>${t("ticket_points", { name: ticket.customer.name, earned: number(ticket.earned), spent: number(ticket.spent) })}</p>`}
    ${ticket.gift_card && html`<${CardCode} code=${ticket.gift_card} />`}
    <p class="hash">${t("seal", { hash: ticket.hash.slice(-12) })}</p>
    <p>${t("thanks")}</p>
  </article>`;
}

export function Receipt() {
  const ticket = state.receipt.value;
  const change = ticket.tenders.reduce((sum, tender) => sum + tender.change, 0);
  const back = ticket.tenders.filter((tender) => tender.amount < 0);
  const unhanded = ticket.pickup && !ticket.pickup.handed;
  return html`<div class="stack sold">
    <div class="no-print card stack near" ref=${useFocus()}>
      <h2>${change > 0 ? t("give_change") : t(back.length ? "given_back" : "paid_in_full")}</h2>
      ${back.map((tender) => html`<p class="between flush"><span>${t(`tender_${tender.method}`)}</span><${Price} amount=${-tender.amount} size="large" /></p>`)}
      ${change > 0 && html`<p><${Price} amount=${change} size="huge" /></p>`}
      ${unhanded && html`<p class="notice" data-tone="warn"><${Icon} name="alert" /><span>${t("not_handed", { number: ticket.pickup.number })}</span></p>
        ${ticket.pickup.code && html`<${CardAsked} job=${ticket.pickup} /><button type="button" class="btn" aria-busy=${String(Boolean(state.busy.value))} onClick=${retryHandOver}>${t(ticket.pickup.identity ? "card_seen" : "hand_over")}</button>`}`}
      ${ticket.pickup?.back && html`<a class=${`btn ${unhanded ? "" : "quiet"}`} href=${ticket.pickup.back}><${Icon} name="bag" />${t("back_to_order", { number: ticket.pickup.number })}</a>`}
      <div class="row">
        <button type="button" class=${`btn big ${unhanded ? "quiet" : ""}`} data-first onClick=${nextCustomer}>${t("next_customer")}</button>
        <button type="button" class="btn quiet" onClick=${() => print(ticket)}><${Icon} name="printer" />${t("print")}</button>
      </div>
    </div>
    <${Ticket} ticket=${ticket} />
  </div>`;
}
