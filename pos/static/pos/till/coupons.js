// Codes at the till: asked of the server, used when the ticket is booked.

import { Problem, find } from "./api.js";
import * as state from "./state.js";
import { t } from "./words.js";

const CODE = /^[A-Z0-9-]{3,40}$/;
const LOWER_WITH_DIGIT = /^(?=.*\d)[a-z0-9-]{3,40}$/;
const MOST = 5;

const BARCODE = /^\d{12,14}$/;

/** Whether what a search did not find may be a code: written in capitals, or with a digit;
 * never a barcode that is not sold here. */
export function mayBeCode(text) {
  const tidy = text.trim();
  return !BARCODE.test(tidy) && (CODE.test(tidy) || LOWER_WITH_DIGIT.test(tidy));
}

/** Keeps the offer that the code opens with the sale. False where there is no such code. */
export async function nameCode(text) {
  const code = text.trim().toUpperCase();
  try {
    const found = await find(state.house.value.urls.coupons, { code });
    state.tenders.value = [];
    const others = state.coupons.value.filter((each) => each.code !== found.code);
    state.coupons.value = [...others, found].slice(-MOST);
    state.search.value = "";
    state.found.value = null;
    state.say(t("coupon_named", { code: found.code, offer: found.offer.name }));
    return true;
  } catch (error) {
    if (!(error instanceof Problem) || error.slug !== "coupon-refused") throw error;
    if (error.body.reason === "unknown" && !error.body.why) return false;
    state.search.value = "";
    state.asking.value = { kind: "coupon", text: error.message, why: error.body.why };
    return true;
  }
}

export function dropCode(code) {
  state.tenders.value = [];
  state.coupons.value = state.coupons.value.filter((each) => each.code !== code);
}
