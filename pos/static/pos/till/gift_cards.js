// Gift cards at the till: one that pays, and one that is sold.

import { Problem, byCode } from "./api.js";
import { payGiftCard } from "./paying.js";
import { cents, typedAmount } from "./money.js";
import { failed, take } from "./sale.js";
import * as state from "./state.js";
import { useState } from "../vendor/hooks.js";
import { Dialog, Icon, Price, Why, html, useFocus, useScan } from "./ui.js";
import { money, t } from "./words.js";

const AMOUNTS = [1000, 2000, 3000, 5000, 10000];

/** The pane in which a customer's card is read: what it holds, and what it pays of this. */
export function GiftCard({ back }) {
  const [card, setCard] = useState(null);
  const [missing, setMissing] = useState(null);
  const look = async (code) => {
    try {
      setCard(await byCode(state.house.value.urls.gift_cards, code));
      setMissing(null);
    } catch (error) {
      setCard(null);
      if (error instanceof Problem && error.status === 404) setMissing({ text: error.message, why: error.body.why });
      else failed(error);
    }
  };
  const submit = (event) => {
    event.preventDefault();
    const code = event.target.elements.gift.value.trim();
    if (code) void look(code);
  };
  // a dialog that is open over it asks for no card
  useScan((text) => (state.asking.value ? take(text) : look(text)));
  const used = card && state.tenders.value.some((tender) => tender.gift_card === card.id);
  const sum = card && !used ? Math.min(cents(card.balance), state.due.value) : 0;
  return html`<div class="stack near" ref=${useFocus()} role="group" aria-labelledby="gift-title">
    <div class="between"><h2 class="sub" id="gift-title">${t("tender_gift")}</h2><button type="button" class="btn plain small" onClick=${back}>${t("other_way")}</button></div>
    <form class="stack tight" onSubmit=${submit}>
      <div class="field"><label for="gift">${t("gift_code")}</label>
        <input class="input" id="gift" name="gift" data-first autocomplete="off" autocapitalize="characters" maxlength="20" /></div>
      <button class="btn quiet wide">${t("look_up")}</button></form>
    <div role="status" class="stack tight">
      ${missing && html`<p class="notice" data-tone="warn"><${Icon} name="alert" /><span>${missing.text}</span></p><${Why} why=${missing.why} />`}
      ${card && html`<p class="between flush"><span>${t("gift_holds", { tail: card.tail })}</span><b>${money(cents(card.balance))}</b></p>`}
      ${sum > 0 && html`<button type="button" class="btn wide" onClick=${() => payGiftCard(card, sum)}>${t("gift_pays", { amount: money(sum) })}</button>`}
    </div>
  </div>`;
}

/** How much is to be on the card that is sold. */
export function SellingCard({ close }) {
  const [typed, setTyped] = useState("");
  const amount = typedAmount(typed) ?? 0;
  const { least, most } = state.house.value.gift_card;
  const sell = (sum) => {
    state.clearSale();
    state.receipt.value = null;
    state.asking.value = null;
    state.giftSale.value = sum;
    state.pane.value = "tender";
  };
  const send = (event) => {
    event.preventDefault();
    if (amount >= least && amount <= most) sell(amount);
  };
  return html`<${Dialog} label=${t("gift_sell")} onClose=${close}>
    <div class="tender">${AMOUNTS.map((sum, i) => html`
      <button type="button" class="btn quiet" data-first=${i === 0 || undefined} onClick=${() => sell(sum)}>${money(sum)}</button>`)}</div>
    <form class="row fixed" onSubmit=${send}>
      <div class="field grow"><label for="gift-amount">${t("gift_amount")}</label><span class="hint" id="gift-limits">${t("gift_limits", { least: money(least), most: money(most) })}</span>
        <input class="input" id="gift-amount" inputmode="decimal" autocomplete="off" aria-describedby="gift-limits" value=${typed} onInput=${(event) => setTyped(event.target.value)} /></div>
      <button class="btn foot-aligned">${t("gift_this")}</button></form>
    <div class="row"><button type="button" class="btn quiet" onClick=${close}>${t("close")}</button></div>
  </${Dialog}>`;
}

/** On the ticket, before it is paid. */
export const CardOnTicket = () => html`<ul class="rows lines"><li class="line"><span class="q">1</span><span>${t("gift_card")}</span>
  <span class="sum"><${Price} amount=${state.giftSale.value} /></span><span class="note">${t("gift_no_tax")}</span></li></ul>`;

/** After it is paid: the code, which the receipt prints too. */
export const CardCode = ({ code }) => html`<p>${t("gift_code_is")}</p><p class="strong mono">${code.match(/.{1,4}/g).join(" ")}</p>`;
