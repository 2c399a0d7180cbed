// What offers take off a basket, in cents: the same as retail/promotions/rules.py does.
// tests/retail/promotions/offer_vectors.json holds both to it. No DOM here: node runs it.

const WHOLE = 10000; // hundredths of a percent

/** `goods`: [{gtin, department, quantity, price}] · `offers`: [{id, rule, priority,
 * exclusive}]. Answers {taken: [{offer, line, amount}], missing: [{offer, units, amount}],
 * used: [[offer, line]], also where a line it counted stays at its price}. */
export function apply(goods, offers) {
  const lines = {
    goods,
    left: goods.map((good) => good.quantity * good.price),
    touched: goods.map(() => false),
    closed: goods.map(() => false),
  };
  const taken = [];
  const missing = [];
  const used = [];
  for (const offer of [...offers].sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))) {
    const { found, lacks } = KINDS[offer.rule.kind](offer, lines);
    if (lacks) missing.push({ offer: offer.id, units: 0, amount: 0, ...lacks });
    const off = found.map(([line, amount]) => [line, Math.min(amount, lines.left[line])]);
    if (!off.some(([, amount]) => amount)) continue;
    for (const [line, amount] of off) {
      used.push([offer.id, line]);
      lines.touched[line] = true;
      lines.closed[line] ||= Boolean(offer.exclusive);
      if (!amount) continue;
      lines.left[line] -= amount;
      taken.push({ offer: offer.id, line, amount });
    }
  }
  return { taken, missing, used };
}

/** Parts an amount by weights, largest remainder, the earlier first. */
export function spread(amount, weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return weights.map(() => 0);
  const parts = weights.map((weight) => Math.floor((amount * weight) / total));
  const rest = weights.map((weight) => (amount * weight) % total);
  const order = weights.map((_, i) => i).sort((a, b) => rest[b] - rest[a] || a - b);
  const over = amount - parts.reduce((sum, part) => sum + part, 0);
  for (const i of order.slice(0, over)) parts[i] += 1;
  return parts;
}

// each answers `found`: [[a line it uses, cents off it]]
const KINDS = {
  percent(offer, lines) {
    const share = hundredths(offer.rule.percent);
    const off = openTo(lines, offer, offer.rule.goods).map((i) => [i, halfUp(lines.left[i] * share, WHOLE)]);
    return { found: off.filter(([, amount]) => amount) };
  },
  amount(offer, lines) {
    const each = hundredths(offer.rule.amount);
    return { found: openTo(lines, offer, offer.rule.goods).map((i) => [i, each * lines.goods[i].quantity]) };
  },
  n_for_m(offer, lines) {
    const { take, pay } = offer.rule;
    const chosen = dearest(lines, openTo(lines, offer, offer.rule.goods));
    const units = chosen.reduce((sum, i) => sum + lines.goods[i].quantity, 0);
    const whole = units - (units % take);
    const found = [];
    let before = 0;
    for (const i of chosen) {
      const after = Math.min(before + lines.goods[i].quantity, whole);
      if (after > before) found.push([i, part(lines, i, free(after, take, pay) - free(before, take, pay))]);
      before = after;
    }
    return { found, lacks: units % take ? { units: take - (units % take) } : null };
  },
  bundle(offer, lines) {
    const { parts } = offer.rule;
    const of = parts.map(() => []);
    for (const i of openTo(lines, offer, {})) {
      const n = parts.findIndex((each) => is(lines.goods[i], each.goods));
      if (n >= 0) of[n].push(i); // a line is of the first part that it fits
    }
    const have = of.map((chosen) => chosen.reduce((sum, i) => sum + lines.goods[i].quantity, 0));
    const sets = Math.min(...parts.map((each, n) => Math.floor(have[n] / each.quantity)));
    const lack = parts.reduce((sum, each, n) => sum + Math.max(0, (sets + 1) * each.quantity - have[n]), 0);
    const lacks = parts.some((each, n) => have[n] > sets * each.quantity) ? { units: lack } : null;
    const worth = [];
    parts.forEach((each, n) => {
      let units = sets * each.quantity;
      for (const i of dearest(lines, of[n])) {
        const used = Math.min(units, lines.goods[i].quantity);
        units -= used;
        if (used) worth.push([i, part(lines, i, used)]);
      }
    });
    const off = worth.reduce((sum, [, value]) => sum + value, 0) - sets * hundredths(offer.rule.price);
    if (off <= 0) return { found: [], lacks };
    const shares = spread(off, worth.map(([, value]) => value));
    return { found: worth.map(([i], n) => [i, shares[n]]), lacks };
  },
  basket(offer, lines) {
    const { rule } = offer;
    const chosen = openTo(lines, offer, rule.goods);
    const values = chosen.map((i) => lines.left[i]);
    const value = values.reduce((sum, each) => sum + each, 0);
    const least = hundredths(rule.from);
    if (value < least) return { found: [], lacks: value ? { amount: least - value } : null };
    const off = rule.percent
      ? halfUp(value * hundredths(rule.percent), WHOLE)
      : Math.min(hundredths(rule.amount), value);
    const shares = spread(off, values);
    return { found: chosen.map((i, n) => [i, shares[n]]) };
  },
};

/** How many of the first so many units are free. */
const free = (units, take, pay) => Math.floor(units / take) * (take - pay) + Math.max(0, (units % take) - pay);

const part = (lines, i, units) => halfUp(lines.left[i] * units, lines.goods[i].quantity);

const dearest = (lines, chosen) => [...chosen].sort((a, b) => lines.goods[b].price - lines.goods[a].price || a - b);

function openTo(lines, offer, wanted) {
  const shut = offer.exclusive ? lines.touched : lines.closed;
  return lines.goods.map((_, i) => i).filter((i) => !shut[i] && is(lines.goods[i], wanted));
}

function is(good, { gtins = [], departments = [] } = {}) {
  if (!gtins.length && !departments.length) return true;
  return gtins.includes(good.gtin) || departments.includes(good.department);
}

/** Neither is negative; a half goes up. */
const halfUp = (number, by) => Math.floor((2 * number + by) / (2 * by));

/** "12.5" → 1250: cents of an amount, hundredths of a percent. */
export function hundredths(text) {
  const [whole, rest = ""] = text.split(".");
  return Number(whole) * 100 + Number(`${rest}00`.slice(0, 2));
}
