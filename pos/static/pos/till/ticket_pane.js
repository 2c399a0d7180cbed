// Left: who buys, what is on the ticket, what it comes to. It never leaves the screen.

import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { dropCode } from "./coupons.js";
import { CardOnTicket } from "./gift_cards.js";
import { finish, handOver } from "./paying.js";
import { park, parkable } from "./parking.js";
import { putBack } from "./sale.js";
import * as state from "./state.js";
import { Icon, Price, html } from "./ui.js";
import { taxTable } from "./money.js";
import { amount, inside, money, number, t, tied, times, weight } from "./words.js";

const NO_CODE = ["code_lost", "phone_empty", "no_letter", "code_refused", "other"];

const openCustomer = () => { state.asking.value = { kind: "customer", text: "", results: null }; };

function Who() {
  const who = state.customer.value;
  const job = state.pickup.value;
  if (job) {
    return html`<div class="tk-head"><${Icon} name="bag" />
      <div class="grow"><p class="strong">${t("web_order_of", { number: job.number, name: job.name })}</p>
        <p class="small muted">${job.status_text}${job.shelf && ` · ${t("shelf", { shelf: job.shelf })}`}</p></div>
      <button class="btn plain small" onClick=${state.clearSale}>${t("put_aside")}</button></div>`;
  }
  if (state.giftSale.value) {
    return html`<div class="tk-head"><${Icon} name="gift" /><p class="grow strong">${t("gift_sell")}</p>
      <button class="btn plain small" onClick=${state.clearSale}>${t("put_aside")}</button></div>`;
  }
  if (!who) {
    return html`<div class="tk-head"><${Icon} name="user" />
      <p class="grow muted">${t("no_customer")}</p>
      <button class="btn plain small" onClick=${openCustomer}>${t("add_customer")}</button></div>`;
  }
  return html`<div class="tk-head"><${Icon} name="user" />
    <div class="grow"><p class="strong"><a href=${`${state.house.value.urls.customer_file}?id=${who.id}`}>${who.name}<span class="vh">, ${t("customer_file")}</span></a> <span class="muted plain-weight">· ${who.card}</span></p>
      <p class="small muted">${t("points", { count: who.points ?? 0, points: number(who.points ?? 0) })}</p></div>
    <button class="btn plain small" onClick=${openCustomer}>${t("change_customer")}</button></div>`;
}

export const cutNote = ({ before, reason }) => t("cut_note", { price: money(before), reason: inside(t(`cut_${reason}`)) });

function Line({ line }) {
  if (line.removed) {
    return html`<li class="line removed"><s class="grow">${line.weighed ? weight(line.quantity) : `${line.quantity} ×`} ${line.title}</s>
      <button class="btn plain small" onClick=${() => putBack(line.key)}>${t("put_back")}</button></li>`;
  }
  const pressed = state.chosen.value === line.key;
  const note = line.returned
    ? t("came_back", { reason: inside(t(`reason_${line.returned.reason}`)) })
    : line.weighed ? times(line) : line.quantity > 1 && t("each", { price: money(line.price) });
  return html`<li><button class="line" aria-pressed=${String(pressed)}
      onClick=${() => { state.chosen.value = pressed ? null : line.key; }}>
    <span class="q">${number(state.pieces(line))}</span><span>${line.title}${line.size && html` <span class="muted small">${tied(line.size)}</span>`}</span>
    <span class="sum">${amount(state.worth(line))}</span>
    ${note && html`<span class="note">${note}</span>`}
    ${line.cut && html`<span class="note">${cutNote(line.cut)}</span>`}
    ${state.offersOn(line).map((off) => html`<span class="note toned" data-tone="ok">${off.name}${off.code && ` (${off.code})`} ${amount(-off.amount)}</span>`)}
  </button></li>`;
}

const Ordered = ({ job }) => html`
  <ul class="rows lines">${job.lines.map((line) => html`
    <li class="line"><span class="q">${job.collectable ? line.picked : line.quantity - line.short}</span><span>${line.title}</span><span class="sum"></span>
      ${line.short > 0 && html`<span class="note toned" data-tone="warn">${t("short", { count: line.short })}</span>`}</li>`)}</ul>`;

const Empty = () => html`<div class="pane"><p class="empty">
  <${Icon} name="barcode" /><span>${t("empty_ticket")}</span></p></div>`;

/** What nearly applies, and the codes that were named. */
function Offers() {
  const { hints, used } = state.offers.value;
  return html`${hints.map(({ name, units, amount: sum }) => html`<p class="small row tight fixed"><${Icon} name="tag" />
      <span>${units ? t("offer_lacks_units", { count: units, offer: name }) : t("offer_lacks_amount", { amount: money(sum), offer: name })}</span></p>`)}
    ${state.coupons.value.map(({ code, offer }) => html`<p class="between flush small"><span>${code} <span class="muted">${used.includes(code) ? "" : offer.name}</span></span>
      <button type="button" class="btn plain small" onClick=${() => dropCode(code)}>${t("remove")}<span class="vh"> ${code}</span></button></p>`)}`;
}

function Sums() {
  const tax = taxTable(state.standing.value.map((l) => ({ total: state.worth(l), tax_rate: l.tax_rate })))
    .reduce((sum, [, row]) => sum + row.tax, 0);
  const count = state.units.value;
  return html`<${Offers} /><dl class="totals flush">
    <dt>${count > 0 && `${t("items", { count })}, `}${t("of_which_tax", { tax: money(tax) })}</dt>
    <dd class="muted">${state.customer.value && t("points_to_earn", { points: number(state.pointsToEarn.value) })}</dd>
    ${state.tenders.value.map((tender) => html`
      <dt>${t(`tender_${tender.method}`)}</dt><dd>${amount(-tender.amount)}</dd>`)}
  </dl>`;
}

/** Dear goods: whose name an identity card must say. Pressing the button says that it does. */
export function CardAsked({ job }) {
  if (!job.identity) return null;
  const names = [job.name, job.collector].filter(Boolean).join(", ");
  return html`<p class="notice" data-tone="warn"><${Icon} name="user" /><span>${t("ask_card", { names })}</span></p>`;
}

/** After too many wrong codes: whose name to check, and why there is no code. */
function WithoutCode({ job, busy }) {
  const [reason, setReason] = useState("");
  const submit = (event) => {
    event.preventDefault();
    void handOver({ reason, word: event.target.elements.word?.value ?? "" });
  };
  return html`<form class="stack tight grow" onSubmit=${submit}>
    <p class="notice" data-tone="warn"><${Icon} name="alert" /><span>${t("check_name", { name: job.name })}</span></p><${CardAsked} job=${job} />
    <div class="field"><label for="no-code">${t("why_no_code")}</label>
      <select class="input" id="no-code" required value=${reason} onChange=${(event) => setReason(event.target.value)}>
        <option value="">${t("choose_reason")}</option>
        ${NO_CODE.map((each) => html`<option value=${each}>${t(`why_${each}`)}</option>`)}</select></div>
    ${reason === "other" && html`<div class="field"><label for="no-word">${t("other_what")}</label><input class="input" id="no-word" name="word" maxlength="60" autocomplete="off" required /></div>`}
    <button class="btn big wide" aria-busy=${String(busy)}>${t(job.identity ? "card_seen" : "name_checked")}</button></form>`;
}

/** The one large button: what it does follows from what is due. */
function Charge() {
  const job = state.pickup.value;
  const waiting = Boolean(state.pending.value);
  const busy = Boolean(state.busy.value);
  if (job && !job.collectable) {
    return html`<p class="notice"><${Icon} name="info" /><span>${t("not_collectable", { status: job.status_text })}</span></p>`;
  }
  if (job && state.total.value === 0) {
    if (job.name_check) return html`<${WithoutCode} job=${job} busy=${busy} />`;
    // from the board and paid meanwhile: its page asks for the code
    if (!job.code && job.back) return html`<a class="btn big wide" href=${job.back}><${Icon} name="bag" />${t("back_to_order", { number: job.number })}</a>`;
    return html`<div class="stack tight grow"><${CardAsked} job=${job} />
      <button class="btn big wide" aria-busy=${String(busy)} onClick=${() => handOver()}>${t(job.identity ? "card_seen" : "hand_over")}</button></div>`;
  }
  const charge = () => {
    if (state.due.value === 0) void finish();
    else {
      state.pane.value = "tender";
      document.querySelector(".tender .btn:enabled, .give-back .btn")?.focus();
    }
  };
  return html`<button class="btn big charge" aria-busy=${String(busy || waiting)}
      disabled=${!state.begun.value || !state.opened.value} onClick=${charge}>
    <span>${t(waiting ? "sending" : state.due.value < 0 ? "give_back" : state.tenders.value.length ? "still_due" : "charge")}</span><${Price} amount=${Math.abs(waiting ? state.total.value : state.due.value)} />
  </button>`;
}

/** The chosen line is seen, also below the ticket's fold; the page itself stays. */
function show(pane) {
  const line = pane.querySelector("[aria-pressed='true']")?.getBoundingClientRect();
  if (!line) return;
  const seen = pane.getBoundingClientRect();
  pane.scrollTop += Math.max(0, line.bottom - seen.bottom) - Math.max(0, seen.top - line.top);
}

export function TicketPane() {
  const job = state.pickup.value;
  const lines = state.lines.value;
  const pane = useRef(null);
  useEffect(() => show(pane.current), [state.chosen.value, lines]);
  return html`<section class="tk" aria-labelledby="ticket-title"><h1 class="vh" id="ticket-title">${t("ticket_title")}</h1>
    <${Who} />
    <div class="tk-lines" ref=${pane}>${job
      ? html`<${Ordered} job=${job} />`
      : state.giftSale.value
      ? html`<${CardOnTicket} />`
      : lines.length
        ? html`<ul class="rows lines">${lines.map((line) => html`<${Line} key=${line.key} line=${line} />`)}</ul>`
        : html`<${Empty} />`}</div>
    <div class="tk-foot">${!job && !state.giftSale.value && state.begun.value && html`<${Sums} />`}<div class="row fixed">${parkable() && html`<button type="button" class="btn quiet hold" onClick=${park}><${Icon} name="pause" />${t("park")}</button>`}<${Charge} /></div></div>
  </section>`;
}
