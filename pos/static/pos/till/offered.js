// The till's offers on the lines of a ticket. No DOM here.

import { full } from "./money.js";
import { apply } from "./offers.js";

export const NO_OFFERS = { off: new Map(), hints: [], used: [] };

/** `given` are the store's offers, `coupons` codes with theirs: {code, offer}. Answers what
 * each takes off which line, what is lacking, and the codes that took something. */
export function onLines(lines, given, coupons) {
  const sold = lines.filter((line) => !line.returned);
  const now = new Date().toISOString();
  const open = [...given.filter((each) => !each.ends_at || each.ends_at > now), ...coupons.map(({ offer }) => offer)];
  if (!sold.length || !open.length) return NO_OFFERS;
  const offers = new Map(open.map((offer) => [offer.id, offer]));
  const codes = new Map(coupons.map(({ code, offer }) => [offer.id, code]));
  // a bag that was weighed is one of its goods, whatever it weighs
  const goods = sold.map((line) => ({
    gtin: line.gtin, department: line.department, quantity: line.weighed ? 1 : line.quantity, price: line.weighed ? full(line) : line.price,
  }));
  const { taken, missing } = apply(goods, [...offers.values()]);
  const off = new Map();
  for (const { offer, line, amount } of taken) {
    const { key } = sold[line];
    const one = { promotion: offer, name: offers.get(offer).name, amount, code: codes.get(offer) ?? "" };
    off.set(key, [...(off.get(key) ?? []), one]);
  }
  const gave = new Set(taken.map(({ offer }) => offer));
  return {
    off,
    hints: missing.map(({ offer, units, amount }) => ({ name: offers.get(offer).name, units, amount })),
    used: coupons.filter(({ offer }) => gave.has(offer.id)).map(({ code }) => code),
  };
}
