// Texts come translated from the server, inside the page; amounts and times by Intl.

const boot = JSON.parse(document.getElementById("till-boot").textContent);
const { language, words, zone: timeZone } = boot;
// the house writes English as in London: €4.67, 22/11/2026
const locale = language === "en" ? "en-GB" : language;
const plural = new Intl.PluralRules(language);
const euros = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });
const plain = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 });
const whole = new Intl.NumberFormat(locale);

export { boot, language };

/** The text of that key; `values` fill %(name)s, `count` also chooses one or many. */
export function t(key, values = {}) {
  let text = words[key];
  if (text === undefined) throw new Error(`no text: ${key}`);
  if (Array.isArray(text)) text = text[plural.select(values.count) === "one" ? 0 : 1];
  return text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name]));
}

// the minus of printers, not the hyphen that browsers write
const minus = (text) => text.replace("-", "\u2212");

export const money = (amount) => minus(euros.format(amount / 100));
export const amount = (value) => minus(plain.format(value / 100));

/** What stands between euros and cents: "," or ".". */
export const decimal = plain.formatToParts(0).find(({ type }) => type === "decimal").value;
export const number = (value) => minus(whole.format(value));

/** {before, whole, after}: the parts of an amount as a price label shows them. */
export function moneyParts(value) {
  const parts = euros.formatToParts(value / 100);
  const at = parts.findIndex((part) => part.type === "decimal");
  const text = (some) => some.map((part) => part.value).join("");
  const first = parts.findIndex((part) => part.type === "integer");
  return { before: text(parts.slice(0, first)), whole: text(parts.slice(first, at)), after: text(parts.slice(at)) };
}

const kilos = new Intl.NumberFormat(locale, { minimumFractionDigits: 3 });

/** 482 → "0,482 kg". */
export const weight = (grams) => `${minus(kilos.format(grams / 1000))}\u00a0kg`;

/** 349 → "3,49 €/kg". */
export const perKilo = (price) => `${money(price)}/kg`;

/** "0,482 kg × 3,49 €/kg", "3 × 2,10". */
export const times = ({ weighed, quantity, price }) =>
  weighed ? `${weight(quantity)} × ${perKilo(price)}` : `${number(quantity)} × ${amount(price)}`;

/** "600 g" on one line. */
export const tied = (text) => text.replaceAll(" ", "\u00a0");

/** "5,5 %"; rates that stand under each other are written with their decimal. */
export const percent = (rate, decimals = 0) =>
  new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: 1 }).format(Number(rate));

/** A text that goes on another: "Abîmé" → "abîmé". */
export const inside = (text) => text.charAt(0).toLocaleLowerCase(language) + text.slice(1);

// the store's time, as its papers say it; the device may stand in another zone
const moments = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short", timeZone });
const clocks = new Intl.DateTimeFormat("en", { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone });

export const moment = (iso) => moments.format(new Date(iso));

/** `8 h 05`, `17 h`; `8:05 am`. */
export function clock(when) {
  const parts = Object.fromEntries(clocks.formatToParts(new Date(when)).map(({ type, value }) => [type, value]));
  const [hour, minute] = [Number(parts.hour), parts.minute];
  if (language === "fr") return `${hour}\u00a0h${Number(minute) ? `\u00a0${minute}` : ""}`;
  return `${hour % 12 || 12}:${minute}\u00a0${hour < 12 ? "am" : "pm"}`;
}
