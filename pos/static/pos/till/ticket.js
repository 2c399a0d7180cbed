// The ticket as a text that can be checked for ever: the same as pos/tickets.py makes.
// tests/pos/ticket_vectors.json holds both to it. No DOM here: node runs this file too.

/** The text that is hashed. `payload` is the body of PUT tickets/<id>/. */
export function canonical(payload) {
  return [
    "retail-ticket/1",
    `id=${payload.id}`,
    `till=${payload.till}`,
    `number=${payload.number}`,
    `kind=${payload.kind}`,
    `sold_at=${payload.sold_at}`,
    `employee=${payload.employee}`,
    `customer=${payload.customer ?? "-"}`,
    `order=${payload.order ?? "-"}`,
    `currency=${payload.currency}`,
    ...payload.lines.map(
      (line, i) =>
        `line=${i + 1}|${line.gtin || "-"}|${line.quantity}|${line.unit_price}` +
        `|${line.total}|${line.tax_rate}`,
    ),
    ...payload.lines.flatMap(({ cut }, i) => (cut ? [`cut=${i + 1}|${cut.before}|${cut.reason}`] : [])),
    ...payload.lines.flatMap(({ returned: back }, i) =>
      back
        ? [`return=${i + 1}|${back.ticket ?? "-"}|${back.position ?? "-"}|${back.reason}|${back.restock ? "restock" : "write_off"}`]
        : [],
    ),
    ...payload.lines.flatMap(({ offers = [] }, i) =>
      offers.map((off) => `offer=${i + 1}|${off.promotion}|${off.amount}`),
    ),
    ...payload.tenders.map(
      (t, i) => `tender=${i + 1}|${t.method}|${t.amount}|${t.given}|${t.change}`,
    ),
    ...payload.tenders.flatMap((t, i) => (t.gift_card ? [`gift_card=${i + 1}|${t.gift_card}`] : [])),
    `points_spent=${payload.points_spent}`,
    `total=${payload.total}`,
    `previous=${payload.previous_hash}`,
  ].join("\n");
}

export async function sha256(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** The previous hash of a till's first ticket. */
export const genesis = (till) => sha256(`retail-ticket/1 genesis ${till}`);

/** The ticket at its place in the chain: number, previous hash and own hash set. */
export async function chained(payload, { number, previous_hash }) {
  const placed = { ...payload, number, previous_hash };
  return { ...placed, hash: await sha256(canonical(placed)) };
}

/** UUIDv7 (RFC 9562, section 5.7): the time first, so that databases like it. */
export function newId(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0, rest = now; i < 6; i += 1) {
    bytes[5 - i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
