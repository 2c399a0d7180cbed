// What the till knows. All of it that a reload must not lose lies in localStorage too.

import { batch, computed, effect, signal } from "../vendor/signals.js";
import { cents, full, pointsFor } from "./money.js";
import { NO_OFFERS, onLines } from "./offered.js";

/** The answer of bootstrap: till, employee, shift, next, tiles, urls… */
export const house = signal(null);
export const shift = signal(null);

// The sale that is being made. A line: {key, gtin, title, size, price, tax_rate, quantity,
// removed, weighed}; what is weighed has grams for its quantity and the price of a kilo;
// where goods came back it has `returned` and `value`, what they are worth, and
// its quantity is below zero. A tender: {method, amount, given, change, points}. Amounts
// are cents, below zero where money goes back.
export const lines = signal([]);
export const chosen = signal(null);
export const customer = signal(null);
export const pickup = signal(null);
export const tenders = signal([]);
/** The sale that goods came back of: {number, money: {method: cents}}; null without. */
export const refund = signal(null);
/** A gift card that is sold: its amount in cents, 0 where none is. */
export const giftSale = signal(0);
/** Codes that the customer named: {code, offer}. */
export const coupons = signal([]);
/** A manager's word for this ticket: {word}. */
export const approval = signal(null);
/** The id that the next ticket will have: a manager agrees to one ticket. */
export const ticketId = signal("");

/** The number, hash and so the place of the next ticket. */
export const next = signal(null);
/** A ticket that the server has not acknowledged: {payload, shown}. */
export const pending = signal(null);
/** Tickets that wait in this store: {id, till, units, total, parked_at, by}. */
export const parked = signal([]);
/** An X or a Z, as it is shown and printed. */
export const report = signal(null);
/** The ticket that was sold last, as it is shown and printed. */
export const receipt = signal(null);

// How it stands just now; gone after a reload.
export const pane = signal("tiles"); // tender | cash | card | points | tiles
/** The name of the page of tiles that is shown; "" for what sells most. */
export const tilePage = signal("");
export const typed = signal("");
export const search = signal("");
export const found = signal(null); // {results} of a search by name, or null
export const asking = signal(null); // the dialog that is open: {kind, …}
export const busy = signal("");
export const network = signal({ ok: true, since: 0, tries: 0 });
/** The address of the sign-in page, once the session is over. */
export const signedOut = signal("");
export const said = signal({ text: "", tone: "" }); // one sentence for the seller

/** Nobody sells at a till that they have not opened. */
export const opened = computed(() => Boolean(shift.value) && shift.value.employee === house.value?.employee.id);
export const standing = computed(() => lines.value.filter((line) => !line.removed));
/** What offers do to the lines: {off: Map(key of line → [{promotion, name, amount, code}]),
 * hints: [{name, units, amount}]}. A web order has had its own. */
export const offers = computed(() => (pickup.value ? NO_OFFERS : onLines(standing.value, house.value?.offers ?? [], coupons.value)));
export const offersOn = (line) => offers.value.off.get(line.key) ?? [];
const off = (line) => offersOn(line).reduce((sum, each) => sum + each.amount, 0);
/** What a line comes to. */
export const worth = (line) => (line.returned ? -line.value : full(line) - off(line));
export const total = computed(() =>
  pickup.value
    ? cents(pickup.value.due)
    : giftSale.value || standing.value.reduce((sum, line) => sum + worth(line), 0),
);
export const paid = computed(() => tenders.value.reduce((sum, t) => sum + t.amount, 0));
export const due = computed(() => total.value - paid.value);
/** How many of it are counted: a bag that was weighed is one. */
export const pieces = ({ weighed, quantity }) => (weighed ? Math.sign(quantity) : quantity);
export const units = computed(() => standing.value.reduce((sum, line) => sum + Math.max(0, pieces(line)), 0));
export const refunding = computed(() => standing.value.some((line) => line.returned));
export const pointsSpent = computed(() => tenders.value.reduce((sum, t) => sum + (t.points ?? 0), 0));
export const pointsToEarn = computed(() => {
  const byPoints = tenders.value.reduce((sum, t) => sum + (t.method === "points" ? Math.max(0, t.amount) : 0), 0);
  const sold = standing.value.reduce((sum, line) => sum + Math.max(0, worth(line)), 0);
  return pointsFor(sold - byPoints);
});
/** Whether something is begun that another customer must not find. */
export const begun = computed(() => Boolean(standing.value.length || pickup.value || giftSale.value));

const kept = { lines, customer, coupons, giftSale, pickup, tenders, refund, approval, ticketId, pending, receipt, report, next };
let key = "";

export function say(text, tone = "") {
  said.value = { text, tone };
}

/** Take up what this till was doing, and keep it from now on. Once per page. */
export function remember(tillId) {
  key = `till:${tillId}`;
  const old = JSON.parse(localStorage.getItem(key) ?? "null");
  batch(() => {
    for (const [name, value] of Object.entries(old ?? {})) {
      if (name in kept) kept[name].value = value;
    }
    lines.value = standing.value;
  });
  effect(keep);
}

/** Written before a ticket is sent: whatever happens then, it is there after a reload. */
export function keep() {
  const now = Object.fromEntries(Object.entries(kept).map(([name, s]) => [name, s.value]));
  localStorage.setItem(key, JSON.stringify(now));
}

/** Ready for the next customer. */
export function clearSale() {
  batch(() => {
    lines.value = [];
    chosen.value = null;
    customer.value = null;
    coupons.value = [];
    giftSale.value = 0;
    pickup.value = null;
    tenders.value = [];
    refund.value = null;
    approval.value = null;
    ticketId.value = "";
    typed.value = "";
    search.value = "";
    found.value = null;
    pane.value = "tiles";
  });
}
