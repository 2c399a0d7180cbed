// A manager reads what is asked, and agrees by PIN.

import { useState } from "../vendor/hooks.js";
import { agree } from "./approving.js";
import * as state from "./state.js";
import { Dialog, Icon, html } from "./ui.js";
import { money, t } from "./words.js";

export function Approving({ asked }) {
  const [wrong, setWrong] = useState("");
  const refuse = () => {
    state.asking.value = null;
    asked.otherwise?.();
  };
  const submit = async (event) => {
    event.preventDefault();
    const { manager, pin } = event.target.elements;
    setWrong(await agree(manager.value, pin.value));
    pin.value = "";
  };
  return html`<${Dialog} label=${t("manager_title")} onClose=${refuse}>
    <p>${t(`manager_${asked.act}`, { amount: money(asked.amount), number: asked.number })}</p>
    ${asked.managers.length === 0
      ? html`<p class="notice" data-tone="warn"><${Icon} name="alert" /><span>${t("no_manager")}</span></p>`
      : html`<form class="stack near" onSubmit=${submit}>
        <div class="field"><label for="manager">${t("manager")}</label>
          <select class="input" id="manager" name="manager">${asked.managers.map((each) => html`<option value=${each.id}>${each.name}</option>`)}</select></div>
        <div class="field"><label for="pin">${t("pin")}</label>
          ${wrong && html`<p class="error" id="pin-error" role="alert">${wrong}</p>`}
          <input class="input" id="pin" name="pin" type="password" inputmode="numeric" autocomplete="off" required data-first
            aria-invalid=${wrong ? "true" : undefined} aria-describedby=${wrong ? "pin-error" : undefined} /></div>
        <button class="btn wide">${t("agree")}</button></form>`}
    <div class="row"><button type="button" class="btn quiet" onClick=${refuse}>${t("not_now")}</button></div>
  </${Dialog}>`;
}
