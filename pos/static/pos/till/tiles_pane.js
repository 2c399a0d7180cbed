// Middle: the scan field, what was found, and the tiles of what sells most.

import { useEffect, useRef } from "../vendor/hooks.js";
import { openDrawer } from "./drawer.js";
import { listParked } from "./parking.js";
import { Receipt } from "./receipt.js";
import { Report } from "./report.js";
import { searchByName, sell, take } from "./sale.js";
import * as state from "./state.js";
import { Icon, Plate, html } from "./ui.js";
import { cents } from "./money.js";
import { money, perKilo, t, tied } from "./words.js";

const PAUSE_MS = 180;
let timer;

function type(event) {
  state.search.value = event.target.value;
  clearTimeout(timer);
  timer = setTimeout(() => searchByName(state.search.value), PAUSE_MS);
}

function enter(event) {
  event.preventDefault();
  clearTimeout(timer);
  const text = state.search.value;
  if (text.trim()) void take(text);
}

function clear() {
  clearTimeout(timer);
  state.search.value = "";
  state.found.value = null;
  focusScan();
}

function touch(article) {
  sell(article, Number(state.typed.value) || 1);
  state.search.value = "";
  state.found.value = null;
  if (!state.asking.value) focusScan();
}

/** Where there is a mouse or a keyboard; a finger would get the screen's keyboard. */
export function focusScan() {
  if (matchMedia("(pointer: fine)").matches) document.getElementById("scan")?.focus();
}

/** The open dialog, back to the scan field. */
export function close() {
  state.asking.value = null;
  focusScan();
}

/** The brand, too, where names were searched: many have the same. */
const Tile = ({ article, tone, brand }) => html`
  <button class="tile" data-tone=${tone || undefined} onClick=${() => touch(article)}><${Plate} article=${article} />
    <span><span class="t">${article.title}</span> ${brand && html`<span class="p of">${brand}</span> `}
    <span class="p"><b>${article.weighed ? perKilo(cents(article.price)) : money(cents(article.price))}</b> ${article.size && html`<span>${tied(article.size)}</span>`}</span></span></button>`;

/** The store's own pages of tiles, and what sells most. */
function Pages({ shown }) {
  const { pages, employee, urls } = state.house.value;
  const to = (name, text, tone) => html`<button type="button" class="btn quiet small" data-tone=${tone || undefined} aria-pressed=${String(name === shown)}
    onClick=${() => { state.tilePage.value = name; }}>${text}</button>`;
  if (!pages.length && !employee.manager) return null;
  return html`<div class="row tight tile-pages" role="group" aria-label=${t("tile_pages")}>
    ${pages.map(({ name, tone }) => to(name, name, tone))}${pages.length > 0 && to("", t("favourites"))}
    ${employee.manager && html`<a class="btn plain small" href=${urls.quick_keys}><${Icon} name="edit" />${t("arrange_keys")}</a>`}</div>`;
}

function Tiles() {
  const found = state.found.value;
  if (!found) {
    const { pages, tiles } = state.house.value;
    const page = pages.find(({ name }) => name === state.tilePage.value) ?? { name: "", tiles };
    return html`<${Pages} shown=${page.name} /><h2 class="vh">${page.name || t("favourites")}</h2>
      <div class="tiles">${page.tiles.map((a) => html`<${Tile} key=${a.gtin} article=${a} tone=${page.tone} />`)}</div>`;
  }
  if (!found.results.length) return html`<div class="empty"><${Icon} name="search" /><p>${t("not_found_help")}</p></div>`;
  return html`<h2 class="vh">${t("found", { text: found.text })}</h2>
    <div class="tiles found">${found.results.map((a) => html`<${Tile} key=${a.gtin} article=${a} brand=${a.brand} />`)}</div>`;
}

const openPickup = () => {
  if ((state.begun.value && !state.pickup.value) || state.pending.value) state.say(t("finish_sale_first"), "warn");
  else state.asking.value = { kind: "pickup", text: "" };
};
const openReturn = () => { state.asking.value = { kind: "return", text: "" }; };

export function TilesPane() {
  const field = useRef(null);
  useEffect(focusScan, []);
  const said = state.said.value;
  return html`<section class="stack pane" aria-label=${t("products")}>
    <form class="row fixed" role="search" onSubmit=${enter}>
      <div class="search grow"><label class="vh" for="scan">${t("scan_label")}</label><${Icon} name="search" />
        <input class="input" id="scan" ref=${field} type="text" autocomplete="off" autocapitalize="off" spellcheck=${false}
          enterkeyhint="search" placeholder=${t("scan_hint")} value=${state.search.value} onInput=${type} onKeyDown=${(event) => { if (event.key === "Escape") clear(); }} /></div>
      ${(state.search.value || state.found.value) && html`<button type="button" class="btn quiet square" aria-label=${t("clear_search")} onClick=${clear}><${Icon} name="x" /></button>`}
    </form>
    <div class="row till-acts" role="group" aria-label=${t("acts")}>
      <button type="button" class="btn quiet small" onClick=${openPickup}><${Icon} name="bag" />${t("web_order")}</button>
      <button type="button" class="btn quiet small" onClick=${openReturn}><${Icon} name="undo" />${t("return")}</button>
      <button type="button" class="btn quiet small" onClick=${openDrawer}><${Icon} name="drawer" />${t("drawer")}</button>
      ${state.parked.value.length > 0 && html`<button type="button" class="btn quiet small" onClick=${listParked}><${Icon} name="pause" />${t("resume")} <span class="count">${state.parked.value.length}</span></button>`}
    </div>
    <p class="said" role="status" data-tone=${said.tone}>${said.text}</p>
    ${state.report.value ? html`<${Report} />` : state.receipt.value ? html`<${Receipt} />` : html`<${Tiles} />`}
  </section>`;
}
