// A manager agrees to one ticket, at this till, by PIN.

import { Problem, ask } from "./api.js";
import { wire } from "./money.js";
import * as state from "./state.js";
import { newId } from "./ticket.js";
import { failed } from "./sale.js";
import { t } from "./words.js";

/** Opens the dialog. `amount` is in cents; `then` gets {word, name}, `otherwise` nothing.
 * `ticket` is the id of what is agreed to, where that is not the sale on the screen. */
export async function askManager({ act, amount, ticket, then, otherwise }) {
  try {
    const { results } = await ask(state.house.value.urls.approvals);
    state.asking.value = { kind: "approve", act, amount, ticket, managers: results, then, otherwise };
  } catch (error) {
    failed(error);
    otherwise?.();
  }
}

/** Answers what is wrong, in words; nothing where the manager agreed. */
export async function agree(manager, pin) {
  const { act, amount, ticket, then } = state.asking.value;
  if (!ticket) state.ticketId.value = state.pending.value?.payload.id ?? (state.ticketId.value || newId());
  try {
    const told = await ask(state.house.value.urls.approvals, {
      method: "POST",
      body: { manager, pin, ticket: ticket ?? state.ticketId.value, act, most: wire(amount) },
    });
    const given = { word: told.approval, name: told.name };
    if (!ticket) state.approval.value = given;
    state.asking.value = null;
    then(given);
    return "";
  } catch (error) {
    if (error instanceof Problem && error.status !== 401) return error.message;
    failed(error);
    return t("unreachable");
  }
}
