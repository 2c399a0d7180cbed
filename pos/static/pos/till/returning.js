// Goods come back: the receipt, what is left of it, and the money that goes back.

import { batch } from "../vendor/signals.js";
import { Problem, ask, find } from "./api.js";
import { askManager } from "./approving.js";
import { cents, full } from "./money.js";
import { pay } from "./paying.js";
import { failed } from "./sale.js";
import * as state from "./state.js";
import { newId } from "./ticket.js";
import { money, t } from "./words.js";

/** The receipt of that number goes into the dialog, with the id of what may be sent twice. */
export async function lookUp(number) {
  const asked = { kind: "return", text: number.trim(), act: newId() };
  try {
    const receipt = await find(state.house.value.urls.receipts, { number: asked.text });
    state.asking.value = { ...asked, receipt };
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) return failed(error);
    state.asking.value = { ...asked, missing: error.message, why: error.body.why };
  }
  return undefined;
}

/** An article without its receipt; what is found goes into the dialog. */
export async function lookUpArticle(text) {
  const asked = { kind: "return", bare: true, text };
  try {
    const { results } = await find(state.house.value.urls.products, { q: text });
    state.asking.value = { ...asked, results };
  } catch (error) {
    failed(error);
  }
}

/** What `units` of a sold line are worth, in cents: the last ones take what is left. */
export function worthOf(line, units) {
  if (units === line.left) return cents(line.value);
  return Math.floor((2 * cents(line.total) * units + line.sold) / (2 * line.sold));
}

/** `counts` {position: units} of the receipt come onto the ticket. */
export function takeBack(receipt, counts, { reason, restock }) {
  const lines = receipt.lines
    .filter((line) => counts[line.position] > 0)
    .map((line) => ({
      key: crypto.randomUUID(),
      gtin: line.gtin,
      title: line.title,
      weighed: line.weighed,
      price: cents(line.unit_price),
      tax_rate: line.tax_rate,
      quantity: -counts[line.position],
      value: worthOf(line, counts[line.position]),
      returned: { ticket: receipt.id, position: line.position, reason, restock },
    }));
  const money = Object.fromEntries(Object.entries(receipt.money).map(([method, left]) => [method, cents(left)]));
  put(lines, { number: receipt.number, money });
  state.customer.value ??= receipt.customer;
}

/** One article at today's price, or what a scale says of it; a manager is asked when the
 * ticket is sent. */
export function takeBackBare(article, why, grams = article.grams) {
  const price = cents(article.price);
  if (article.weighed && !grams) {
    state.asking.value = {
      kind: "weigh", article: { ...article, price }, typed: "", button: "weigh_back",
      weighed: (much) => takeBackBare(article, why, much),
    };
    return;
  }
  const { reason, restock } = why;
  const many = article.weighed ? grams : 1;
  const returned = { ticket: null, position: null, reason, restock };
  const { gtin, title, size, tax_rate, weighed } = article;
  const value = full({ weighed, price, quantity: many });
  put([{ key: crypto.randomUUID(), gtin, title, size, price, tax_rate, weighed, quantity: -many, value, returned }], null);
}

/** One sale at a time comes back on one ticket: another one takes its place. */
function put(lines, refund) {
  batch(() => {
    const stays = state.standing.value.filter(
      ({ returned }) => !returned || (refund === null && returned.ticket === null),
    );
    state.lines.value = [...stays, ...lines];
    state.refund.value = refund;
    state.tenders.value = [];
    state.receipt.value = null;
    state.asking.value = null;
  });
  state.say(t("taken_back", { count: lines.reduce((sum, line) => sum - state.pieces(line), 0) }));
}

/** Goods of a web order: its own side gives the money back, or the drawer what was paid at
 * a counter. `asked` is the dialog with its receipt and the id of the act; `word` a
 * manager's for it, who agrees to no sale with it. */
export async function takeBackOrder(asked, counts, { reason, restock }, word) {
  const { receipt: order, act } = asked;
  const lines = Object.entries(counts)
    .filter(([, units]) => units > 0)
    .map(([position, quantity]) => ({ position: Number(position), quantity }));
  const body = { id: act, lines, reason, restock, approval: word };
  try {
    const back = await ask(`${state.house.value.urls.orders}${order.id}/`, { method: "POST", body });
    state.asking.value = null;
    state.say(backInWords(back));
  } catch (error) {
    if (error instanceof Problem && error.slug === "id-reused") {
      // the answer was lost, and then something else was asked: see what is left
      await lookUp(asked.text);
      state.asking.value = { ...(state.asking.value ?? asked), missing: t("web_back_done", { number: order.number }) };
      return undefined;
    }
    // a second try is the same act
    state.asking.value = asked;
    if (!(error instanceof Problem) || error.slug !== "approval-needed") return failed(error);
    const again = (given) => void takeBackOrder(asked, counts, { reason, restock }, given.word);
    await askManager({ act: "refund", amount: cents(error.body.amount), ticket: act, then: again });
  }
  return undefined;
}

/** Where the money goes: each way that some of it takes. */
function backInWords({ number, online, card, counter }) {
  const ways = Object.entries({ online, card, counter }).filter(([, amount]) => cents(amount) > 0);
  if (ways.length === 0) return t("web_back_nothing", { number });
  return ways.map(([way, amount]) => t(`web_back_${way}`, { number, amount: money(cents(amount)) })).join(" ");
}

export function giveBack(parts) {
  for (const { method, amount, points } of parts) {
    pay({ method, amount: -amount, given: -amount, change: 0, ...(points ? { points: -points } : {}) });
  }
}
