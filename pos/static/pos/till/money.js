// Amounts are whole cents here, texts with two decimals on the wire: a float is not money.

/** "12.90" → 1290. For amounts of our own interfaces, which always have two decimals. */
export const cents = (text) => Math.round(Number(text) * 100);

/** 1290 → "12.90". */
export function wire(amount) {
  const sign = amount < 0 ? "-" : "";
  const digits = String(Math.abs(amount)).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** What somebody typed ("20", "20,5", "20.50") as cents; null where it is no amount. */
export function typedAmount(text) {
  const found = /^(\d{0,7})(?:[.,](\d{0,2}))?$/.exec(text.trim());
  if (!found || !/\d/.test(text)) return null;
  return Number(found[1] || 0) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
}

export const MOST_GRAMS = 99999;

/** What so many grams cost, half a cent up; below zero for what comes back. */
export function forWeight(perKilo, grams) {
  if (grams < 0) return -forWeight(perKilo, -grams);
  return Math.floor((2 * perKilo * grams + 1000) / 2000);
}

/** What a line comes to before offers; `price` for one, or for a kilo of what is weighed. */
export const full = ({ weighed, quantity, price }) => (weighed ? forWeight(price, quantity) : price * quantity);

/** "482" is grams, "0,482" and "1.5" are kilos; null where it is no weight. */
export function typedGrams(text) {
  const found = /^(\d{0,5})(?:([.,])(\d{0,3}))?$/.exec(text.trim());
  if (!found || !/\d/.test(text)) return null;
  return found[2] ? Number(found[1] || 0) * 1000 + Number(found[3].padEnd(3, "0")) : Number(found[1]);
}

/** The tax contained in an amount that includes it, half a cent up; `rate` is "0.0550". */
export function taxIn(gross, rate) {
  if (gross < 0) return -taxIn(-gross, rate);
  const share = Math.round(Number(rate) * 10000);
  const whole = 10000 + share;
  return Math.floor((2 * gross * share + whole) / (2 * whole));
}

/** {rate: {gross, tax}} of lines with `total` (cents) and `tax_rate`, in order of rate. */
export function taxTable(lines) {
  const table = {};
  for (const { total, tax_rate: rate } of lines) {
    const row = (table[rate] ??= { gross: 0, tax: 0 });
    row.gross += total;
    row.tax += taxIn(total, rate);
  }
  return Object.entries(table).sort(([one], [other]) => Number(one) - Number(other));
}

/** One point for each whole euro that is not paid with points. */
export const pointsFor = (paid) => Math.max(0, Math.floor(paid / 100));

/** Amounts that a customer is likely to hand over for `due`: exact, rounded up, notes. */
export function likelyCash(due) {
  const up = (step) => Math.ceil(due / step) * step;
  const all = [due, up(100), up(500), up(1000), up(2000), up(5000), up(10000)];
  return [...new Set(all)].slice(0, 6);
}

/** How `owed` goes back: as it was `paid`, a gift card before the rest and points last,
 * what is left over in cash. `step` points are one euro. */
export function asPaid(owed, paid, step) {
  const parts = [];
  let rest = owed;
  const give = (method, most) => {
    const amount = Math.min(most, rest);
    if (amount <= 0) return;
    parts.push({ method, amount });
    rest -= amount;
  };
  for (const method of ["gift", "card", "cash"]) give(method, paid[method] ?? 0);
  // whole points only: what they do not reach is a few cents
  const points = Math.floor((Math.min(rest, paid.points ?? 0) * step) / 100);
  if (points > 0) {
    const amount = Math.floor((points * 100) / step);
    parts.push({ method: "points", amount, points });
    rest -= amount;
  }
  if (rest > 0) {
    const cash = parts.find((part) => part.method === "cash");
    if (cash) cash.amount += rest;
    else parts.push({ method: "cash", amount: rest });
  }
  return parts;
}
