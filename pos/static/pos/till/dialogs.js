// What the till asks: who the customer is, which web order, whether held units are taken.

import { useEffect, useState } from "../vendor/hooks.js";
import { Approving } from "./approve_dialog.js";
import { Cutting } from "./cut_dialog.js";
import { Drawer } from "./drawer_dialog.js";
import { SellingCard } from "./gift_cards.js";
import { giveUp, takeHeld } from "./paying.js";
import { Parked } from "./parked_dialog.js";
import { TakingBack } from "./return_dialog.js";
import { choose, greet, lookFor, openPickup, setCustomer } from "./sale.js";
import * as state from "./state.js";
import { close, focusScan } from "./tiles_pane.js";
import { Weighing } from "./weigh_dialog.js";
import { Dialog, Icon, Why, html } from "./ui.js";
import { number, t } from "./words.js";

const valueOf = (event) => {
  event.preventDefault();
  return event.target.elements.asked.value.trim();
};

function Customer({ asked }) {
  const [answer, setAnswer] = useState(asked);
  const look = async (event) => {
    const text = valueOf(event);
    if (!text) return;
    const found = await lookFor(text);
    if (found?.results.length === 1) setCustomer(found.results[0]);
    else if (found) setAnswer({ text, ...found });
  };
  return html`<${Dialog} label=${t("who_buys")} onClose=${close}>
    <form class="row fixed" onSubmit=${look}>
      <div class="field grow"><label for="asked">${t("customer_label")}</label>
        <input class="input" id="asked" name="asked" data-first autocomplete="off" defaultValue=${asked.text} /></div>
      <button class="btn foot-aligned">${t("look_up")}</button></form>
    <div role="status" class="stack tight">
      ${answer.results?.length === 0 && html`<p class="notice"><${Icon} name="info" /><span>${t("customer_unknown", { text: answer.text })}</span></p>`}
      <${Why} why=${answer.why} />
      ${answer.results?.map((each) => html`<button type="button" class="btn quiet wide between" onClick=${() => choose(each.id)}>
        <span>${each.name}</span><span class="muted plain-weight">${each.card} ${each.phone}
        ${each.points !== null && t("points", { count: each.points, points: number(each.points) })}</span></button>`)}
    </div>
    <div class="row">${state.customer.value && html`<button type="button" class="btn quiet" onClick=${() => setCustomer(null)}>${t("without_customer")}</button>`}
      <button type="button" class="btn quiet" onClick=${close}>${t("close")}</button></div>
  </${Dialog}>`;
}

function Pickup({ asked }) {
  const open = (event) => {
    const code = valueOf(event);
    if (code) void openPickup(code);
  };
  return html`<${Dialog} label=${t("web_order_title")} onClose=${close}>
    <form class="row fixed" onSubmit=${open}>
      <div class="field grow"><label for="asked">${t("pickup_label")}</label><span class="hint" id="asked-hint">${t("pickup_hint")}</span>
        <input class="input" id="asked" name="asked" data-first autocomplete="off" autocapitalize="characters" aria-describedby="asked-hint" defaultValue=${asked.text} /></div>
      <button class="btn foot-aligned">${t("open_order")}</button></form>
    <div role="status" class="stack tight">
      ${asked.missing && html`<p class="notice" data-tone="warn"><${Icon} name="alert" /><span>${t("pickup_unknown", { code: asked.text })}</span></p>`}
      <${Why} why=${asked.why} /></div>
    <div class="row"><button type="button" class="btn quiet" onClick=${close}>${t("close")}</button></div>
  </${Dialog}>`;
}

function Held({ asked }) {
  const titleOf = (gtin) => state.standing.value.find((line) => line.gtin === gtin)?.title ?? gtin;
  return html`<${Dialog} label=${t("held_title")} onClose=${() => giveUp()}>
    <ul class="rows">${asked.lines.map((line) => html`<li class="item"><${Icon} name="bag" />
      <p class="grow">${line.held_for.length
        ? t("held_line", { title: titleOf(line.gtin), number: line.held_for[0] })
        : t("held_other", { title: titleOf(line.gtin) })}</p></li>`)}</ul>
    <p class="muted">${t("held_note")}</p>
    <div class="row"><button type="button" class="btn" data-first onClick=${() => giveUp()}>${t("held_leave")}</button>
      <button type="button" class="btn danger" onClick=${takeHeld}>${t("held_take")}</button></div>
  </${Dialog}>`;
}

const Coupon = ({ asked }) => html`<${Dialog} label=${t("coupon_title")} onClose=${close}>
    <p class="notice" data-tone="warn"><${Icon} name="alert" /><span>${asked.text}</span></p>
    <${Why} why=${asked.why} />
    <div class="row"><button type="button" class="btn" data-first onClick=${close}>${t("close")}</button></div>
  </${Dialog}>`;

const Gift = () => html`<${SellingCard} close=${close} />`;
const KINDS = { coupon: Coupon, gift: Gift, customer: Customer, pickup: Pickup, held: Held, return: TakingBack, approve: Approving, drawer: Drawer, parked: Parked, cut: Cutting, weigh: Weighing };

export function Asking() {
  const asked = state.asking.value;
  const open = Boolean(asked);
  // the cursor is in the scan field, unless something else has taken it on purpose
  useEffect(() => { if (!open && document.activeElement === document.body) focusScan(); }, [open]);
  if (!asked) return null;
  return html`<${KINDS[asked.kind]} asked=${asked} key=${`${asked.kind}${asked.missing ?? ""}`} />`;
}

export { greet };
