// What the till was told when it began, told again: offers begin and end, and a manager
// arranges the keys, while it stands open.

import { batch } from "../vendor/signals.js";
import { Problem, Unreachable, find } from "./api.js";
import * as state from "./state.js";

const FRESH_MS = 20000;
let asked = Date.now();

/** The offers of now; the keys, too, where they are others than those shown. */
export async function renew() {
  asked = Date.now();
  const { urls, keys, pages } = state.house.value;
  try {
    const told = await find(urls.offers, { keys });
    batch(() => {
      state.house.value = { ...state.house.value, ...told };
      if (told.pages && !pages.length) state.tilePage.value = told.pages[0]?.name ?? "";
    });
  } catch (error) {
    // the next customer's turn asks again
    if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
  }
}

/** Between two customers. */
export const freshen = () => (Date.now() - asked < FRESH_MS ? undefined : renew());
