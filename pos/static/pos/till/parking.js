// A ticket is put aside on the server, and taken up once, at any till of the store.

import { batch } from "../vendor/signals.js";
import { Unreachable, ask } from "./api.js";
import { wire } from "./money.js";
import { choose, failed } from "./sale.js";
import * as state from "./state.js";
import { newId } from "./ticket.js";
import { t } from "./words.js";

const url = () => state.house.value.urls.parked;

export const parkable = () =>
  state.opened.value && state.standing.value.length > 0 && !state.tenders.value.length && !state.refunding.value && !state.pickup.value && !state.pending.value;

/** Named once, so that a second try puts the same ticket aside. */
export async function park() {
  if (!parkable()) return;
  state.ticketId.value ||= newId();
  const body = {
    id: state.ticketId.value,
    content: { lines: state.standing.value, coupons: state.coupons.value, approval: state.approval.value?.word },
    customer: state.customer.value?.id ?? null,
    units: state.units.value,
    total: wire(state.total.value),
  };
  try {
    const { results } = await ask(url(), { method: "POST", body });
    batch(() => {
      state.clearSale();
      state.parked.value = results;
    });
    state.say(t("parked"));
  } catch (error) {
    failed(error);
  }
}

export async function listParked() {
  try {
    const { results } = await ask(url());
    state.parked.value = results;
    state.asking.value = { kind: "parked" };
  } catch (error) {
    failed(error);
  }
}

export async function takeUp(id) {
  if (state.begun.value || state.pending.value) return state.say(t("finish_sale_first"), "warn");
  try {
    const ticket = newId();
    const told = await ask(`${url()}${id}/`, { method: "POST", body: { ticket } });
    batch(() => {
      state.clearSale();
      state.receipt.value = null;
      state.asking.value = null;
      state.lines.value = told.content.lines;
      state.coupons.value = told.content.coupons;
      state.parked.value = told.results;
      if (told.approval) {
        // what a manager agreed to goes on, for the ticket that it was asked for
        state.approval.value = { word: told.approval };
        state.ticketId.value = ticket;
      }
    });
    if (told.customer) await choose(told.customer);
    state.say(t("taken_up"));
  } catch (error) {
    // it may be ours: tried again here, this till reads it again
    if (!(error instanceof Unreachable)) state.asking.value = null;
    failed(error);
  }
  return undefined;
}
