// The drawer: cash in and out, the X of a manager, the Z that closes a shift.

import { batch } from "../vendor/signals.js";
import { Problem, ask } from "./api.js";
import { askManager } from "./approving.js";
import { wire } from "./money.js";
import { failed, told } from "./sale.js";
import * as state from "./state.js";
import { newId } from "./ticket.js";
import { t } from "./words.js";

const urls = () => state.house.value.urls;

/** Opens the till with so many cents in its drawer, `then` what waits for it. `insteadOf`
 * is the shift of a colleague that ends, which a manager agrees to by `word`. */
export async function openShift({ cash, insteadOf, then, word }) {
  try {
    const body = { cash: wire(cash), ...(insteadOf ? { instead_of: insteadOf, approval: word } : {}) };
    state.shift.value = await ask(urls().shift, { method: "POST", body });
    state.say(t("till_opened"));
    then();
  } catch (error) {
    if (!(error instanceof Problem) || error.slug !== "approval-needed") return failed(error);
    const again = (given) => void openShift({ cash, insteadOf, then, word: given.word });
    await askManager({ act: error.body.act, amount: 0, ticket: insteadOf, then: again });
  }
  return undefined;
}

export function openDrawer() {
  // the ids of what may be sent twice are made once
  state.asking.value = { kind: "drawer", move: newId(), closing: newId() };
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
