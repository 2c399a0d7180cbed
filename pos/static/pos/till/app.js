// The till begins here: asks what it must know, takes up what it was doing, then sells.

import { render } from "../vendor/preact.js";
import { Problem, ask, dialTurns, setCsrf } from "./api.js";
import { Asking } from "./dialogs.js";
import { openShift } from "./drawer.js";
import { typedAmount } from "./money.js";
import { send } from "./paying.js";
import { PayPane, typeDigit } from "./pay_pane.js";
import { openPickup, take } from "./sale.js";
import { listen, reader } from "./scanner.js";
import * as state from "./state.js";
import { TicketPane } from "./ticket_pane.js";
import { TilesPane, focusScan } from "./tiles_pane.js";
import { AmountInput, Icon, html } from "./ui.js";
import { boot, clock, t } from "./words.js";

function beginShift(event, insteadOf) {
  event.preventDefault();
  const cash = typedAmount(event.target.elements.cash.value) ?? 0;
  void openShift({ cash, insteadOf, then: () => void send() });
}

function Opening() {
  const signIn = state.signedOut.value;
  if (signIn) {
    return html`<section class="opening notice" data-tone="warn" role="alert" aria-label=${t("state")}><${Icon} name="key" />
      <p>${t("sign_in_again")}</p><p><a class="btn" href=${signIn}>${t("sign_in")}</a></p></section>`;
  }
  if (state.opened.value) return null;
  const open = state.shift.value;
  return html`<section class="opening notice" data-tone="info" aria-label=${t("state")}><${Icon} name="key" />
    <p>${open ? t("opened_by", { name: open.name, time: clock(open.opened_at) }) : t("till_closed")}</p>
    <form class="row" onSubmit=${(event) => beginShift(event, open?.id)}>
      <label for="cash">${t("cash_in_drawer")}</label>
      <${AmountInput} id="cash" class="input short" defaultValue="0" />
      <button class="btn">${t(open ? "take_over" : "open_till")}</button></form>
  </section>`;
}

function Status() {
  const { ok } = state.network.value;
  const away = Boolean(state.pending.value) && !ok && !dialTurns.value;
  const shift = state.shift.value;
  return html`${shift && !away && !dialTurns.value && html`<span class="small">${t("since", { name: shift.name, time: clock(shift.opened_at) })}</span>`}
    ${dialTurns.value && html`<span class="badge net" data-tone="info" role="status"><${Icon} name="dial" />${t("dial_turns")}</span>`}
    ${away && html`<span class="badge net" data-tone="warn" role="status"><${Icon} name="off" />${t("one_waits")}</span>`}`;
}

const App = () => html`<${TicketPane} /><${TilesPane} /><${PayPane} /><${Asking} />`;

/** One page per till: two would give the same number to two tickets. */
function alone(tillId) {
  return new Promise((resolve) => {
    void navigator.locks.request(`till:${tillId}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

function stop(text, link) {
  const place = document.getElementById("main");
  place.removeAttribute("aria-busy");
  render(html`<section class="tk"><div class="pane"><div class="notice" data-tone="warn" role="alert"><${Icon} name="alert" />
    <p>${text}</p>${link && html`<p><a class="btn" href=${link}>${t("sign_in")}</a></p>`}</div></div></section>`, place);
}

async function begin() {
  if (!globalThis.isSecureContext) return stop(t("needs_https"));
  let house;
  try {
    house = await ask(boot.bootstrap);
  } catch (error) {
    if (error instanceof Problem) return stop(error.message, error.status === 401 ? error.body.detail : undefined);
    stop(t("unreachable_start"));
    return setTimeout(begin, 3000);
  }
  setCsrf(house.csrf);
  if (!(await alone(house.till.id))) return stop(t("other_tab"));
  state.house.value = house;
  state.tilePage.value = house.pages[0]?.name ?? "";
  state.shift.value = house.shift;
  state.parked.value = house.parked;
  state.remember(house.till.id);
  // what waits goes first; otherwise the server knows the tip of the chain
  if (!state.pending.value) state.next.value = house.next;
  const place = document.getElementById("main");
  place.removeAttribute("aria-busy");
  place.replaceChildren();
  render(html`<${App} />`, place);
  render(html`<${Opening} />`, document.getElementById("till-opening"));
  render(html`<${Status} />`, document.getElementById("till-status"));
  listen({
    onScan: (text) => (reader() ?? take)(text),
    onKey: (event) => { if (typeDigit(event.key)) event.preventDefault(); else focusScan(); },
  });
  void send();
  openLinked();
}

/** A pickup that the board sent here, by its code or, where the name is checked instead,
 * by its id. Behind the #, a code reaches no server's log. */
function openLinked() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const [code, job] = [asked.get("pickup") ?? "", asked.get("job") ?? ""];
  if (!code && !job) return;
  history.replaceState(null, "", location.pathname);
  void openPickup(code, job);
}

void begin();
