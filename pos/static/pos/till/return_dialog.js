// What comes back: the receipt's number, then how many of which line, and why.

import { useState } from "../vendor/hooks.js";
import { lookUp, lookUpArticle, takeBack, takeBackBare, takeBackOrder, worthOf } from "./returning.js";
import * as state from "./state.js";
import { close } from "./tiles_pane.js";
import { Dialog, Icon, Why, html, useScan } from "./ui.js";
import { cents, typedGrams } from "./money.js";
import { moment, money, perKilo, t, weight } from "./words.js";

const REASONS = ["unwanted", "faulty", "wrong", "price"];

const Asked = ({ label, hint, button, text, onText }) => html`
  <form class="row fixed" onSubmit=${(event) => { event.preventDefault(); onText(event.target.elements.asked.value); }}>
    <div class="field grow"><label for="asked">${label}</label>${hint && html`<span class="hint" id="asked-hint">${hint}</span>`}
      <input class="input" id="asked" name="asked" data-first autocomplete="off" required aria-describedby=${hint ? "asked-hint" : undefined} defaultValue=${text} /></div>
    <button class="btn foot-aligned">${button}</button></form>`;

function Reason({ value, onChange }) {
  const choose = (reason) => onChange({ reason, restock: reason === "faulty" ? false : value.restock });
  return html`<div class="field"><label for="reason">${t("return_reason")}</label>
      <select class="input" id="reason" value=${value.reason} onChange=${(event) => choose(event.target.value)}>
        ${REASONS.map((each) => html`<option value=${each}>${t(`reason_${each}`)}</option>`)}</select></div>
    <label class="choice row fixed"><input type="checkbox" checked=${value.restock}
      onChange=${(event) => onChange({ ...value, restock: event.target.checked })} /><span>${t("restock")}</span></label>`;
}

function Counted({ line, count, onCount }) {
  const step = (by) => () => onCount(Math.max(0, Math.min(line.left, count + by)));
  return html`<li class="item"><div class="grow"><p class="strong">${line.title}</p>
      <p class="small muted">${line.left ? t("left_of", { left: line.left, sold: line.sold }) : t("all_back")} · ${money(cents(line.unit_price))}</p></div>
    ${line.left > 0 && html`<span class="stepper">
      <button type="button" class="btn plain square" aria-label=${t("one_less", { title: line.title })} disabled=${count < 1} onClick=${step(-1)}><${Icon} name="minus" /></button>
      <output class="counted" aria-label=${t("coming_back", { title: line.title })}>${count}</output>
      <button type="button" class="btn plain square" aria-label=${t("one_more", { title: line.title })} disabled=${count >= line.left} onClick=${step(1)}><${Icon} name="plus" /></button></span>`}</li>`;
}

function Weighed({ line, count, onCount }) {
  const typed = (event) => onCount(Math.min(line.left, typedGrams(event.target.value) ?? 0));
  return html`<li class="item"><div class="grow"><p class="strong">${line.title}</p>
      <p class="small muted">${line.left ? t("left_of", { left: weight(line.left), sold: weight(line.sold) }) : t("all_back")} · ${perKilo(cents(line.unit_price))}</p>
      ${line.left > 0 && html`<div class="row ends"><div class="field"><label for=${`back-${line.position}`}>${t("weight_back")}</label>
        <input class="input short" id=${`back-${line.position}`} inputmode="decimal" autocomplete="off" placeholder="0" onInput=${typed} /></div>
        <button type="button" class="btn quiet small" onClick=${() => onCount(line.left)}>${t("all_of_it")}</button></div>
        <p class="small" role="status">${count > 0 && t("coming_back", { title: weight(count) })}</p>`}</div></li>`;
}

function Receipt({ asked }) {
  const { receipt } = asked;
  const [counts, setCounts] = useState({});
  const [why, setWhy] = useState({ reason: "unwanted", restock: true });
  const value = receipt.lines.reduce((sum, line) => sum + worthOf(line, counts[line.position] ?? 0), 0);
  const some = Object.values(counts).some((count) => count > 0);
  return html`<div class="stack near">
    <p>${t("receipt_of", { number: receipt.number, store: receipt.store, time: moment(receipt.sold_at) })}${receipt.customer && html` · <b>${receipt.customer.name}</b>`}</p>
    <ul class="rows sold-lines">${receipt.lines.map((line) => html`<${line.weighed ? Weighed : Counted} key=${line.position} line=${line} count=${counts[line.position] ?? 0}
      onCount=${(count) => setCounts({ ...counts, [line.position]: count })} />`)}</ul>
    <${Reason} value=${why} onChange=${setWhy} />
    <button type="button" class="btn wide" disabled=${!some} onClick=${() => (receipt.order ? takeBackOrder(asked, counts, why) : takeBack(receipt, counts, why))}>${t("take_back_for", { amount: money(value) })}</button>
  </div>`;
}

function Bare({ asked }) {
  const [why, setWhy] = useState({ reason: "unwanted", restock: true });
  return html`<p class="small muted">${t("bare_note")}</p>
    <${Asked} label=${t("scan_label")} button=${t("look_up")} text=${asked.text} onText=${lookUpArticle} />
    <${Reason} value=${why} onChange=${setWhy} />
    <div role="status" class="stack tight">
      ${asked.results?.length === 0 && html`<p class="notice"><${Icon} name="info" /><span>${t("not_found", { text: asked.text })}</span></p>`}
      ${asked.results?.map((article) => html`<button type="button" class="btn quiet wide between" onClick=${() => takeBackBare(article, why)}>
        <span>${article.title} ${article.size}</span><span>${article.weighed ? perKilo(cents(article.price)) : money(cents(article.price))}</span></button>`)}</div>`;
}

export function TakingBack({ asked }) {
  const receipt = asked.receipt;
  useScan(asked.bare ? lookUpArticle : lookUp);
  return html`<${Dialog} label=${t("return_title")} onClose=${close}>
    ${asked.bare ? html`<${Bare} asked=${asked} />` : html`
      <${Asked} label=${t("ticket_label")} hint=${t("ticket_hint")} button=${t("look_up")} text=${asked.text} onText=${lookUp} />
      <div role="status" class="stack tight">
        ${asked.missing && html`<p class="notice" data-tone="warn"><${Icon} name="alert" /><span>${asked.missing}</span></p>`}
        <${Why} why=${asked.why} /></div>
      ${receipt && html`<${Receipt} key=${receipt.id} asked=${asked} />`}`}
    <div class="row">
      ${!asked.bare && !receipt && html`<button type="button" class="btn quiet" onClick=${() => { state.asking.value = { kind: "return", bare: true, text: "" }; }}>${t("no_receipt")}</button>`}
      <button type="button" class="btn quiet" onClick=${close}>${t("close")}</button></div>
  </${Dialog}>`;
}
