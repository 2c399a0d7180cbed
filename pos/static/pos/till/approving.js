// A manager agrees to one ticket, at this till, by PIN.

import { ask } from "./api.js";
import { wire } from "./money.js";
import * as state from "./state.js";
import { newId } from "./ticket.js";
import { failed, told } from "./sale.js";

/** Opens the dialog. `amount` is in cents; `then` gets {word}, `otherwise` nothing.
 * `ticket` is the id of what is agreed to, where that is not the sale on the screen, and
 * `number` how people call it. */
export async function askManager({ act, amount, ticket, number, then, otherwise }) {
  try {
    const { results } = await ask(state.house.value.urls.approvals);
    state.asking.value = { kind: "approve", act, amount, ticket, number, managers: results, then, otherwise };
  } catch (error) {
    failed(error);
    otherwise?.();
  }
}

/** Answers what is wrong, in words; nothing where the manager agreed. */
export async function agree(manager, pin) {
  const { act, amount, ticket, then } = state.asking.value;
  if (!ticket) state.ticketId.value = state.pending.value?.payload.id ?? (state.ticketId.value || newId());
  const body = { manager, pin, ticket: ticket ?? state.ticketId.value, act, most: wire(amount) };
  return told(
    () => ask(state.house.value.urls.approvals, { method: "POST", body }),
    ({ approval }) => {
      if (!ticket) state.approval.value = { word: approval };
      state.asking.value = null;
      then({ word: approval });
    },
  );
}
