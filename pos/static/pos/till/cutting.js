// A seller asks less than the price: for a reason, beyond a limit with a manager.

import { askManager } from "./approving.js";
import { cents, full } from "./money.js";
import * as state from "./state.js";
import { t } from "./words.js";

/** The price for one after so many percent; half a cent up. */
export const lessPercent = (price, percent) => Math.floor((2 * price * (100 - percent) + 100) / 200);

const uncut = (line) => line.cut?.before ?? line.price;
const limit = () => state.house.value.cut_limit;

/** Whether a cashier may not do it alone, and what it comes to: the same as pos/cutting.py. */
function asked(lines) {
  const cut = lines.filter((line) => line.cut);
  const off = cut.reduce((sum, line) => sum + full({ ...line, price: line.cut.before }) - full(line), 0);
  const much = cut.some((line) => line.price * 100 < line.cut.before * (100 - limit().percent));
  return { off, much: much || off > cents(limit().amount) };
}

/** Lowers the lines' prices by `priceOf(full price)`. Answers what is wrong, in words. */
export function takeOff(keys, priceOf, reason) {
  const lines = state.lines.value.map((line) => {
    if (!keys.includes(line.key) || line.returned) return line;
    const before = uncut(line);
    const price = priceOf(before);
    return price < before ? { ...line, price, cut: { before, reason } } : line;
  });
  if (lines.every((line, i) => line === state.lines.value[i])) return t("cut_none");
  const apply = () => {
    state.asking.value = null;
    state.tenders.value = [];
    state.lines.value = lines;
    state.say(t("cut_taken"));
  };
  const { off, much } = asked(lines);
  if (much) void askManager({ act: "discount", amount: off, then: apply, otherwise: undefined });
  else apply();
  return "";
}
