// Right: the network when it is away, the keypad, and how the customer pays.

import { dialTurns } from "./api.js";
import { payCard, payCash, payPoints, send, takeBack } from "./paying.js";
import { GiftCard } from "./gift_cards.js";
import { GiveBack } from "./give_back.js";
import { likelyCash, typedAmount, typedGrams } from "./money.js";
import { remove, setQuantity } from "./sale.js";
import * as state from "./state.js";
import { useEffect, useRef } from "../vendor/hooks.js";
import { Icon, Price, html, useFocus } from "./ui.js";
import { clock, decimal, money, number, t } from "./words.js";

const open = (pane) => () => { state.pane.value = pane; };
const back = open("tender");

function quantity() {
  const line = state.lines.value.find(({ key }) => key === state.chosen.value);
  const many = line?.weighed ? typedGrams(state.typed.value) || line.quantity : Number(state.typed.value) || 1;
  if (line && state.typed.value) setQuantity(line.key, many);
  state.typed.value = "";
}

function clear() {
  state.typed.value = state.typed.value.slice(0, -1);
}

function press(sign) {
  if (state.typed.value.length < 8) state.typed.value += sign;
}

/** A digit of the keyboard that no field receives; false where it is not for this pane. */
export function typeDigit(sign) {
  if (!PANES[state.pane.value] || state.pane.value === "gift" || !/^[0-9.,]$/.test(sign)) return false;
  press(sign);
  return true;
}

function Keypad() {
  const key = (sign) => html`<button type="button" onClick=${() => press(sign)}>${sign}</button>`;
  const chosen = state.chosen.value;
  const counted = chosen && !state.lines.value.find((line) => line.key === chosen)?.returned;
  const cuttable = state.opened.value && !state.pending.value && state.standing.value.some((line) => !line.returned);
  return html`<div class="stack tight">
    <output class="typed" aria-label=${t("typed")}>${state.typed.value || "0"}</output>
    <div class="keypad" role="group" aria-label=${t("keypad")}>
      ${["7", "8", "9"].map(key)}<button type="button" class="fn" disabled=${!counted} onClick=${quantity}>${t("quantity")}</button>
      ${["4", "5", "6"].map(key)}<button type="button" class="fn" disabled=${!cuttable} onClick=${openCut}>${t("cut")}</button>
      ${["1", "2", "3"].map(key)}<button type="button" class="fn" disabled=${!chosen} onClick=${() => remove(chosen)}>${t("remove")}</button>
      ${["0", "00", decimal].map(key)}<button type="button" class="fn" onClick=${clear}>${t("clear")}</button>
    </div></div>`;
}

/** Of the chosen line or the whole ticket; what was typed is taken along. */
function openCut() {
  const line = state.standing.value.find((each) => each.key === state.chosen.value && !each.returned);
  state.asking.value = { kind: "cut", line, typed: state.typed.value };
  state.typed.value = "";
}

const Back = () => html`<button type="button" class="btn plain small" onClick=${back}>${t("other_way")}</button>`;

function Cash() {
  const given = typedAmount(state.typed.value);
  const due = state.due.value;
  const received = useRef(null);
  // Enter after typing an amount takes that amount, not the exact one
  useEffect(() => { if (given) received.current.focus(); }, [given]);
  return html`<div class="stack near" ref=${useFocus()} role="group" aria-labelledby="cash-title">
    <div class="between"><h2 class="sub" id="cash-title">${t("cash_given")}</h2><${Back} /></div>
    <div class="tender">${likelyCash(due).map((sum, i) => html`
      <button type="button" class="btn quiet" data-first=${i === 0 || undefined} onClick=${() => payCash(sum)}>
        ${i === 0 ? t("exact", { amount: money(sum) }) : money(sum)}</button>`)}</div>
    <button type="button" class="btn wide" ref=${received} disabled=${!given} onClick=${() => payCash(given)}>
      ${given ? t("given", { amount: money(given) }) : t("type_amount")}</button>
    ${given > due && html`<p class="strong">${t("change_will_be", { amount: money(given - due) })}</p>`}
  </div>`;
}

function Card() {
  const typed = typedAmount(state.typed.value);
  const sum = typed && typed < state.due.value ? typed : state.due.value;
  const decline = () => {
    state.pane.value = "tender";
    state.say(t("card_declined"), "bad");
  };
  return html`<div class="stack near flat terminal" ref=${useFocus()} role="group" aria-labelledby="card-title">
    <div class="between"><h2 class="sub" id="card-title">${t("terminal")}</h2><${Back} /></div>
    <p><${Price} amount=${sum} size="large" /></p>
    <p class="small muted">${t("terminal_note")}</p>
    <button type="button" class="btn wide" data-first onClick=${() => payCard(sum)}>${t("approve")}</button>
    <button type="button" class="btn quiet wide" onClick=${decline}>${t("decline")}</button>
  </div>`;
}

/** Steps of one euro, as many as the customer has and the ticket needs. */
function Points() {
  const step = state.house.value.points_for_one_euro;
  const have = Math.floor(((state.customer.value?.points ?? 0) - state.pointsSpent.value) / step);
  const most = Math.min(have, Math.floor(state.due.value / 100));
  const typed = Math.floor((Number(state.typed.value) || 0) / step);
  const choices = [...new Set([typed, 1, 5, 10, most])].filter((n) => n >= 1 && n <= most).sort((a, b) => a - b);
  return html`<div class="stack near" ref=${useFocus()} role="group" aria-labelledby="points-title">
    <div class="between"><h2 class="sub" id="points-title">${t("points_pay")}</h2><${Back} /></div>
    <div class="stack tight">${choices.map((euros) => html`
      <button type="button" class="btn quiet wide" data-first onClick=${() => payPoints(euros * step, euros * 100)}>
        ${t("points_worth", { count: euros * step, points: number(euros * step), amount: money(euros * 100) })}</button>`)}</div>
    <p class="small muted">${t("points_step", { step })}</p>
  </div>`;
}

const means = (method, icon, able) => html`
  <button type="button" class=${`btn ${able ? "quiet" : ""}`} disabled=${!able} onClick=${open(method)}>
    <${Icon} name=${icon} />${t(`tender_${method}`)}</button>`;

function Tenders() {
  const ready = state.begun.value && state.due.value > 0 && !state.pending.value && state.opened.value;
  const job = state.pickup.value;
  const payable = ready && (!job || job.collectable);
  const step = state.house.value.points_for_one_euro;
  const gift = state.giftSale.value;
  const enough = !job && !gift && (state.customer.value?.points ?? 0) - state.pointsSpent.value >= step && state.due.value >= 100;
  return html`<div class="stack tight">
    ${state.tenders.value.map((tender, i) => html`<p class="between flat paid-part">
      <span>${t(`tender_${tender.method}`)} ${money(tender.amount)}</span>
      ${!state.pending.value && html`<button type="button" class="btn plain small" onClick=${() => takeBack(i)}>${t("take_back")}</button>`}</p>`)}
    <div class="tender" role="group" aria-label=${t("tenders")}>
      ${means("cash", "cash", payable)}${means("card", "card", payable)}${means("points", "tag", payable && enough)}${means("gift", "gift", payable && !job && !gift)}
    </div>
    ${!state.begun.value && state.opened.value && !state.pending.value && html`<button type="button" class="btn plain" onClick=${() => { state.asking.value = { kind: "gift" }; }}><${Icon} name="gift" />${t("gift_sell")}</button>`}
    ${payable && !enough && !gift && html`<p class="small muted">${t(job ? "points_not_web" : state.customer.value ? "points_too_few" : "points_no_customer", { step })}</p>`}
  </div>`;
}

function Away() {
  const { ok, since } = state.network.value;
  const turning = dialTurns.value;
  if (!state.pending.value || (ok && !turning)) return null;
  const ticket = { number: state.pending.value.payload.number, amount: money(state.pending.value.shown.total) };
  if (turning) {
    return html`<div class="flat stack tight alone">
      <h2 class="row tight"><${Icon} name="dial" />${t("dial_turns")}</h2>
      <p class="small">${t("dial_waits", ticket)}</p>
    </div>`;
  }
  return html`<div class="flat stack tight alone">
    <h2 class="row tight"><${Icon} name="off" />${t("not_sent_since", { time: clock(since) })}</h2>
    <p class="small">${t("not_sent", ticket)}</p>
    <button type="button" class="btn quiet small" aria-busy=${String(Boolean(state.busy.value))} onClick=${send}>${t("try_now")}</button>
  </div>`;
}

const Gift = () => html`<${GiftCard} back=${back} />`;
const PANES = { cash: Cash, card: Card, points: Points, gift: Gift };

export function PayPane() {
  const payable = state.opened.value && state.begun.value && !state.pending.value;
  const Chosen = !payable ? undefined : state.due.value < 0 ? GiveBack : state.due.value > 0 ? PANES[state.pane.value] : undefined;
  return html`<section class="stack pane pay" aria-label=${t("keypad_and_payment")}>
    <${Away} /><${Keypad} />${Chosen ? html`<${Chosen} />` : html`<${Tenders} />`}
  </section>`;
}
