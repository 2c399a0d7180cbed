// Paying, and sending the ticket. It is made here, kept until it is acknowledged, and sent
// again under the same id as often as it takes.

import { batch } from "../vendor/signals.js";
import { Problem, Unreachable, ask } from "./api.js";
import { askManager } from "./approving.js";
import { dropCode } from "./coupons.js";
import { cents, wire } from "./money.js";
import { freshen, renew } from "./renewing.js";
import * as state from "./state.js";
import { chained, newId } from "./ticket.js";
import { t } from "./words.js";
import { failed } from "./sale.js";

const WAIT_MS = [1000, 2000, 5000, 10000, 15000];
const RECHAINED = 3;

/** What the customer pays with; the ticket is made as soon as nothing is due any more. */
export function pay(tender) {
  if (state.pending.value || state.busy.value) return;
  state.say("");
  batch(() => {
    state.tenders.value = [...state.tenders.value, tender];
    state.typed.value = "";
    state.pane.value = state.due.value === 0 ? "tiles" : "tender";
  });
  if (state.due.value === 0) void finish();
}

/** Cash over the counter, in cents: what is over the due amount goes back as change. */
export function payCash(given) {
  const amount = Math.min(given, state.due.value);
  if (given > 0) pay({ method: "cash", amount, given, change: given - amount });
}

export const payCard = (amount) => pay({ method: "card", amount, given: amount, change: 0 });

export function payPoints(points, amount) {
  pay({ method: "points", amount, given: amount, change: 0, points });
}

export function payGiftCard({ id, tail }, amount) {
  pay({ method: "gift", amount, given: amount, change: 0, gift_card: id, tail });
}

export function takeBack(index) {
  state.tenders.value = state.tenders.value.filter((_, i) => i !== index);
}

/** Makes the ticket and sends it. Again while one is under way: nothing happens. */
export async function finish() {
  if (state.pending.value || state.busy.value) return;
  state.busy.value = "ticket";
  const { till, employee } = state.house.value;
  const job = state.pickup.value;
  const gift = state.giftSale.value;
  const lines = job || gift
    ? [{ gtin: null, quantity: 1, price: state.total.value, tax_rate: "0.0000", title: job ? job.number : t("gift_card") }]
    : state.standing.value;
  const payload = {
    id: state.ticketId.value || newId(),
    till: till.id,
    kind: job ? "web_order" : gift ? "gift_card" : state.refunding.value ? "refund" : "sale",
    sold_at: new Date().toISOString(),
    employee: employee.id,
    customer: job ? null : (state.customer.value?.id ?? null),
    order: job?.order ?? null,
    currency: "EUR",
    lines: lines.map((line) => ({
      gtin: line.gtin,
      quantity: line.quantity,
      ...(line.weighed ? { unit: "gram" } : {}),
      unit_price: wire(line.price),
      total: wire(state.worth(line)),
      tax_rate: line.tax_rate,
      ...(line.returned ? { returned: line.returned } : {}),
      ...(line.cut ? { cut: { before: wire(line.cut.before), reason: line.cut.reason } } : {}),
      ...offersOf(line),
    })),
    tenders: state.tenders.value.map((tender) => ({
      method: tender.method,
      amount: wire(tender.amount),
      given: wire(tender.given),
      change: wire(tender.change),
      ...(tender.gift_card ? { gift_card: tender.gift_card } : {}),
    })),
    points_spent: state.pointsSpent.value,
    total: wire(state.total.value),
    take_held: false,
    ...(state.approval.value ? { approval: state.approval.value.word } : {}),
    ...(state.offers.value.used.length ? { coupons: state.offers.value.used } : {}),
  };
  const shown = {
    lines: lines.map((line) => ({
      title: line.title, weighed: line.weighed, quantity: line.quantity, price: line.price, tax_rate: line.tax_rate,
      total: state.worth(line), returned: line.returned?.reason, cut: line.cut, offers: state.offersOn(line),
    })),
    tenders: state.tenders.value,
    total: state.total.value,
    seller: employee.name,
    customer: state.customer.value,
    sale: state.refund.value?.number,
    pickup: job && { id: job.id, number: job.number, name: job.name, collector: job.collector, identity: job.identity, code: job.code, back: job.back, event: newId(), handed: false },
  };
  state.pending.value = { payload: await chained(payload, state.next.value), shown };
  state.keep();
  state.busy.value = "";
  await send();
}

/** What offers took off the line, as the ticket seals it. */
function offersOf(line) {
  const offers = state.offersOn(line).map(({ promotion, amount }) => ({ promotion, amount: wire(amount) }));
  return offers.length ? { offers } : {};
}

let timer;

/** Sends what waits. By itself again when the network was away; one at a time. */
export async function send() {
  clearTimeout(timer);
  if (!state.pending.value || state.busy.value) return;
  state.busy.value = "ticket";
  try {
    const { payload, shown } = state.pending.value;
    const answer = await ask(`${state.house.value.urls.tickets}${payload.id}/`, { method: "PUT", body: payload });
    batch(() => {
      state.network.value = { ok: true, since: 0, tries: 0 };
      state.next.value = answer.next;
      state.receipt.value = { ...shown, ...receiptOf(payload, answer) };
      state.pending.value = null;
      state.clearSale();
    });
    state.say(t("sold", { number: payload.number }));
    void freshen();
  } catch (error) {
    if (error instanceof Unreachable) waitAndRetry();
    else if (error instanceof Problem) await refused(error);
    else throw error;
  } finally {
    state.busy.value = "";
  }
  // without its code the goods leave at the board, where the name is checked; dear ones
  // leave when somebody says that they saw a card
  const paid = state.receipt.value?.pickup;
  if (paid?.code && !paid.identity && !paid.handed && !state.pending.value) await handOverPaid();
}

const receiptOf = (payload, answer) => ({
  id: payload.id,
  number: payload.number,
  hash: payload.hash,
  sold_at: payload.sold_at,
  earned: answer.ticket.points_earned,
  gift_card: answer.ticket.gift_card,
  spent: payload.points_spent,
});

function waitAndRetry() {
  const { tries, since } = state.network.value;
  state.network.value = { ok: false, since: since || Date.now(), tries: tries + 1 };
  timer = setTimeout(send, WAIT_MS[Math.min(tries, WAIT_MS.length - 1)]);
}

async function refused(problem) {
  const waiting = state.pending.value;
  if (problem.slug === "chain-broken" && (waiting.rechained ?? 0) < RECHAINED) {
    // never booked under this id: it takes the place that the server names
    state.next.value = { number: problem.body.number, previous_hash: problem.body.previous_hash };
    const payload = await chained(waiting.payload, state.next.value);
    state.pending.value = { ...waiting, payload, rechained: (waiting.rechained ?? 0) + 1 };
    timer = setTimeout(send, 0);
  } else if (problem.slug === "held") {
    state.asking.value = { kind: "held", lines: problem.body.lines };
  } else if (problem.slug === "approval-needed") {
    const { act, amount } = problem.body;
    askManager({ act, amount: cents(amount), then: approved, otherwise: () => giveUp() });
  } else if (problem.slug === "bad-approval") {
    state.approval.value = null; // a manager is asked again
    giveUp(problem.message, "bad");
  } else if (problem.slug === "offers-changed") {
    giveUp(t("offers_changed"));
    await renew();
  } else if (problem.slug === "coupon-refused") {
    giveUp(problem.message, "bad");
    dropCode(problem.body.code);
  } else if (problem.slug === "no-shift") {
    state.shift.value = null;
    state.say(problem.message, "bad");
  } else if (problem.status === 401) {
    state.signedOut.value = problem.body.detail;
  } else {
    giveUp(t("refused", { reason: problem.message }), "bad");
  }
}

/** The same ticket again, with the manager's word: it was never booked. */
function approved({ word }) {
  const waiting = state.pending.value;
  if (!waiting) return;
  state.pending.value = { ...waiting, payload: { ...waiting.payload, approval: word } };
  void send();
}

/** The seller was asked and takes the held units: the same ticket, told so. */
export function takeHeld() {
  const waiting = state.pending.value;
  state.asking.value = null;
  if (!waiting) return;
  state.pending.value = { ...waiting, payload: { ...waiting.payload, take_held: true } };
  void send();
}

/** The ticket was refused and never booked: back to the sale. `text` says why; what the
 * customer has paid is to be given back, and that is said with it. */
export function giveUp(text = "", tone = "warn") {
  const paid = state.tenders.value.some(({ method, amount }) => method !== "points" && method !== "gift" && amount > 0);
  batch(() => {
    state.asking.value = null;
    state.pending.value = null;
    state.tenders.value = [];
  });
  const said = [text, paid && t("give_payment_back")].filter(Boolean).join(" ");
  if (said) state.say(said, tone);
}

/** A web order that was paid before: only the goods are left to hand over. `unseen` is
 * why there is no code, {reason, word}: then a manager agrees, unless they do it themselves. */
export async function handOver(unseen) {
  if (!state.pickup.value || state.busy.value) return;
  // kept before it is sent, so that a second try is the same act
  const job = { event: newId(), ...state.pickup.value };
  state.pickup.value = job;
  if (unseen && !job.approval && !state.house.value.employee.manager) {
    const then = ({ word }) => {
      state.pickup.value = { ...job, approval: word };
      void handOverNow(unseen);
    };
    await askManager({ act: "hand_over", amount: 0, ticket: job.id, number: job.number, then });
  } else await handOverNow(unseen);
}

async function handOverNow(unseen) {
  const job = state.pickup.value;
  const done = await handed(job, unseen ? { name_checked: true, ...unseen, approval: job.approval } : { code: job.code });
  if (!done) return;
  state.clearSale();
  state.say(t("handed_over", { number: done.number, name: done.name }));
}

async function handOverPaid() {
  const { pickup } = state.receipt.value;
  const done = await handed(pickup, { code: pickup.code });
  if (!done) return;
  state.receipt.value = { ...state.receipt.value, pickup: { ...pickup, handed: true } };
  state.say(t("handed_over", { number: done.number, name: done.name }));
}

async function handed(job, by) {
  state.busy.value = "hand-over";
  try {
    // the button that led here says so
    const body = { event: job.event, ...by, ...(job.identity ? { identity_checked: true } : {}) };
    return await ask(`${state.house.value.urls.pickups}${job.id}/hand-over/`, { method: "POST", body });
  } catch (error) {
    if (error.slug === "identity-needed") askForCard(job.id);
    if (error.slug === "bad-approval") askAgain(job.id);
    failed(error);
    return null;
  } finally {
    state.busy.value = "";
  }
}

/** The manager has set it since the order was opened. */
function askForCard(id) {
  const { pickup, receipt } = state;
  if (pickup.value?.id === id) pickup.value = { ...pickup.value, identity: true };
  if (receipt.value?.pickup?.id === id) receipt.value = { ...receipt.value, pickup: { ...receipt.value.pickup, identity: true } };
}

/** A manager's word that is spent or too old: the next try asks for another. */
function askAgain(id) {
  const { approval: _spent, ...kept } = state.pickup.value ?? {};
  if (kept.id === id) state.pickup.value = kept;
}

/** Tried again by hand, after the network was away or the till was signed in again. */
export const retryHandOver = () => (state.busy.value ? undefined : handOverPaid());
