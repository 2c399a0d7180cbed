// The sale before it is paid: lines, quantities, the customer, the web order.

import { Problem, Unreachable, byCode, find } from "./api.js";
import { mayBeCode, nameCode } from "./coupons.js";
import { MOST_GRAMS, cents } from "./money.js";
import { meaning } from "./scanner.js";
import * as state from "./state.js";
import { t } from "./words.js";

const UNDO_MS = 5000;
const MOST = 9999;
const most = ({ weighed }) => (weighed ? MOST_GRAMS : MOST);

/** What was touched or scanned: so many of it, or what a scale says of it. */
export function sell(article, quantity) {
  if (!article.weighed) return add(article, quantity);
  if (article.grams) return add(article, article.grams);
  const { typed } = state;
  state.asking.value = {
    kind: "weigh", article: { ...article, price: cents(article.price) }, typed: typed.value, button: "weigh_add",
    weighed: (grams) => add(article, grams),
  };
  typed.value = "";
  return undefined;
}

/** An article goes on the ticket; on the line of the same article, if there is one and it
 * is not weighed. */
export function add(article, quantity = 1) {
  if (state.pending.value) return state.say(t("wait_for_ticket"), "warn");
  if (state.pickup.value) return state.say(t("finish_pickup_first"), "warn");
  if (state.giftSale.value) return state.say(t("finish_sale_first"), "warn");
  state.receipt.value = null;
  state.tenders.value = [];
  const same = state.standing.value.find((line) => line.gtin === article.gtin && !line.returned && !line.cut && !line.weighed);
  if (same) {
    setQuantity(same.key, same.quantity + quantity);
  } else {
    const line = {
      key: crypto.randomUUID(),
      gtin: article.gtin,
      title: article.title,
      size: article.size,
      price: cents(article.price),
      tax_rate: article.tax_rate,
      department: article.department,
      weighed: article.weighed,
      quantity: Math.min(quantity, most(article)),
    };
    state.lines.value = [...state.lines.value, line];
    state.chosen.value = line.key;
  }
  state.typed.value = "";
  return state.say(t("added", { title: article.title }));
}

export function setQuantity(key, quantity) {
  const line = state.lines.value.find((each) => each.key === key);
  if (!line || line.returned) return undefined;
  if (quantity < 1) return remove(key);
  const many = Math.min(quantity, most(line));
  state.tenders.value = [];
  change(key, { quantity: many });
  state.chosen.value = key;
  return undefined;
}

/** Struck through for five seconds, in which it can be put back. */
export function remove(key) {
  state.tenders.value = [];
  change(key, { removed: true });
  state.chosen.value = null;
  setTimeout(() => {
    state.lines.value = state.lines.value.filter((line) => line.key !== key || !line.removed);
  }, UNDO_MS);
}

export function putBack(key) {
  state.tenders.value = [];
  change(key, { removed: false });
  state.chosen.value = key;
}

function change(key, changes) {
  state.lines.value = state.lines.value.map((line) => (line.key === key ? { ...line, ...changes } : line));
}

export function setCustomer(customer) {
  state.customer.value = customer;
  // points are one person's: another customer's may not pay
  state.tenders.value = state.tenders.value.filter((tender) => tender.method !== "points");
  state.asking.value = null;
}

let asked = 0;

/** While somebody types a name: articles that have all its words. */
export async function searchByName(text) {
  const mine = ++asked;
  if (text.trim().length < 2 || meaning(text).kind !== "text") {
    state.found.value = null;
    return;
  }
  const answer = await looked(() => find(state.house.value.urls.products, { q: text }));
  if (mine !== asked || !answer) return;
  state.found.value = { text, results: answer.results };
  if (!answer.results.length) state.say(t("not_found", { text: text.trim() }), "warn");
  else if (state.said.value.tone) state.say("");
}

/** What was scanned, or typed and sent with Enter; `3*` before it is a quantity. */
export async function take(text) {
  asked += 1;
  const read = state.search.value;
  const counted = /^\s*(\d{1,4})\s*[*x×]\s*(.*)$/i.exec(text);
  const quantity = counted ? Number(counted[1]) : Number(state.typed.value) || 1;
  const rest = counted ? counted[2] : text;
  if (!rest.trim()) {
    if (counted && state.chosen.value) setQuantity(state.chosen.value, quantity);
    return;
  }
  const { kind, value, code } = meaning(rest);
  if (kind === "customer") return greet(value);
  if (kind === "pickup") return openPickup(value);
  const answer = await looked(() => find(state.house.value.urls.products, { q: value }));
  if (!answer) return;
  const { results } = answer;
  if (results.length === 1) {
    emptied(read);
    state.found.value = null;
    return sell(results[0], quantity);
  }
  if (!results.length && code) return openPickup(code);
  if (!results.length && mayBeCode(rest) && (await looked(() => nameCode(rest)))) return;
  if (!results.length) state.say(t("not_found", { text: rest.trim() }), "warn");
  state.found.value = { text: rest.trim(), results };
}

/** Takes what was `read` out of the scan field; what came into it meanwhile stays. */
function emptied(read) {
  if (state.search.value.startsWith(read)) state.search.value = state.search.value.slice(read.length);
}

/** The customer of a card; more than one, or nobody, is shown in the dialog. */
export async function greet(text) {
  const read = state.search.value;
  const answer = await lookFor(text);
  if (!answer) return;
  emptied(read);  // the dialog repeats it
  if (answer.results.length === 1) {
    setCustomer(answer.results[0]);
    state.say(t("greeted", { name: answer.results[0].name }));
  } else {
    state.asking.value = { kind: "customer", text, ...answer };
  }
}

export const lookFor = (text) => looked(() => byCode(state.house.value.urls.customers, text));

export async function choose(id) {
  const answer = await looked(() => find(state.house.value.urls.customers, { id }));
  if (answer?.results.length) setCustomer(answer.results[0]);
}

/** A web order that is to be paid and handed over, by its code; `board` is its id where
 * the board sent it, to which the way then leads back. */
export async function openPickup(code, board = "") {
  if (state.standing.value.length || state.giftSale.value || state.pending.value) return state.say(t("finish_sale_first"), "warn");
  try {
    const { pickups } = state.house.value.urls;
    const job = await (code ? byCode(pickups, code) : find(pickups, { id: board }));
    state.clearSale();
    state.receipt.value = null;
    state.asking.value = null;
    state.pickup.value = { ...job, code, back: board && `${state.house.value.urls.jobs}${job.id}/` };
    return state.say(t("pickup_opened", { number: job.number, name: job.name }));
  } catch (error) {
    if (error instanceof Problem && error.status === 404) {
      state.search.value = "";
      state.asking.value = { kind: "pickup", text: code, missing: true, why: error.body.why };
      return undefined;
    }
    return failed(error);
  }
}

async function looked(asking) {
  try {
    const answer = await asking();
    state.network.value = { ok: true, since: 0, tries: 0 };
    return answer;
  } catch (error) {
    failed(error);
    return null;
  }
}

/** For a dialog: answers what is wrong, in words; nothing where it was done. */
export async function told(asking, done) {
  try {
    done(await asking());
    return "";
  } catch (error) {
    if (error instanceof Problem && error.status !== 401) return error.message;
    failed(error);
    return t("unreachable");
  }
}

/** Says what went wrong; anything that is not a refusal is a mistake of ours. */
export function failed(error) {
  if (error instanceof Unreachable) state.say(t("unreachable"), "bad");
  else if (!(error instanceof Problem)) throw error;
  else if (error.status === 401) state.signedOut.value = error.body.detail;
  else state.say(error.message, "bad");
}
