// The drawer: cash in and out, the X of a manager, the Z that closes a shift.

import { batch } from "../vendor/signals.js";
import { Problem, ask } from "./api.js";
import { wire } from "./money.js";
import { failed } from "./sale.js";
import * as state from "./state.js";
import { newId } from "./ticket.js";
import { t } from "./words.js";

const urls = () => state.house.value.urls;

/** Opens the till with so many cents in its drawer; `insteadOf`, the shift that ends. */
export async function openShift(cash, insteadOf) {
  try {
    const body = { cash: wire(cash), ...(insteadOf ? { instead_of: insteadOf } : {}) };
    state.shift.value = await ask(urls().shift, { method: "POST", body });
    state.say(t("till_opened"));
    return true;
  } catch (error) {
    failed(error);
    return false;
  }
}

export function openDrawer() {
  // the ids of what may be sent twice are made once
  state.asking.value = { kind: "drawer", move: newId(), closing: newId() };
}

/** Answers what is wrong, in words; nothing where it was done. */
async function told(asking, done) {
  try {
    done(await asking());
    return "";
  } catch (error) {
    if (error instanceof Problem && error.status !== 401) return error.message;
    failed(error);
    return t("unreachable");
  }
}

export const moveCash = (way, amount, reason) =>
  told(
    () => ask(urls().cash, { method: "POST", body: { id: state.asking.value.move, way, amount: wire(amount), reason } }),
    () => {
      state.asking.value = null;
      state.say(t("cash_moved"));
    },
  );

export const showReport = () =>
  told(
    () => ask(urls().report),
    (report) => batch(() => {
      state.asking.value = null;
      state.report.value = report;
    }),
  );

/** What was counted, in cents; what should be there is told by the answer alone. */
export const closeShift = (cash, card) =>
  told(
    () => ask(urls().close, {
      method: "POST",
      body: { id: state.asking.value.closing, shift: state.shift.value.id, counted: { cash: wire(cash), card: wire(card) } },
    }),
    (report) => batch(() => {
      state.asking.value = null;
      state.shift.value = null;
      state.receipt.value = null;
      state.report.value = report;
      state.say("");
    }),
  );
