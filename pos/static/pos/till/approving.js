// A manager agrees to one ticket, at this till, by PIN.

import { Problem, ask } from "./api.js";
import { wire } from "./money.js";
import * as state from "./state.js";
import { newId } from "./ticket.js";
import { failed } from "./sale.js";
import { t } from "./words.js";

/** Opens the dialog. `amount` is in cents; `then` gets {word, name}, `otherwise` nothing. */
export async function askManager({ act, amount, then, otherwise }) {
  try {
    const { results } = await ask(state.house.value.urls.approvals);
    state.asking.value = { kind: "approve", act, amount, managers: results, then, otherwise };
  } catch (error) {
    failed(error);
    otherwise?.();
  }
}

/** Answers what is wrong, in words; nothing where the manager agreed. */
export async function agree(manager, pin) {
  const { act, amount, then } = state.asking.value;
  state.ticketId.value = state.pending.value?.payload.id ?? (state.ticketId.value || newId());
  try {
    const told = await ask(state.house.value.urls.approvals, {
      method: "POST",
      body: { manager, pin, ticket: state.ticketId.value, act, most: wire(amount) },
    });
    state.approval.value = { word: told.approval, name: told.name };
    state.asking.value = null;
    then(state.approval.value);
    return "";
  } catch (error) {
    if (error instanceof Problem && error.status !== 401) return error.message;
    failed(error);
    return t("unreachable");
  }
}
