// Run by tests/pos/test_tickets.py. Modules of the browser have no package.json that would
// name them ES modules, so they are read and imported as such.

import assert from "node:assert/strict";
import { mkdtempSync, copyFileSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";

const here = new URL(".", import.meta.url).pathname;
const till = join(here, "../../pos/static/pos/till");
const folder = mkdtempSync(join(tmpdir(), "till-"));

async function load(name, as = name.replace(/\.js$/, ".mjs")) {
  const copy = join(folder, as);
  copyFileSync(join(till, name), copy);
  return import(pathToFileURL(copy).href);
}

const { canonical, chained, genesis, newId, sha256 } = await load("ticket.js");
const money = await load("money.js");
const { meaning } = await load("scanner.js");
const vectors = JSON.parse(readFileSync(join(here, "ticket_vectors.json"), "utf8"));

for (const vector of vectors.tickets) {
  test(`ticket: ${vector.name}`, async () => {
    assert.equal(canonical(vector.payload), vector.canonical);
    assert.equal(await sha256(vector.canonical), vector.hash);
    const { number, previous_hash, ...unplaced } = vector.payload;
    const placed = await chained({ ...unplaced, hash: "" }, { number, previous_hash });
    assert.equal(placed.hash, vector.hash);
  });
}

for (const vector of vectors.genesis) {
  test(`genesis of ${vector.till}`, async () => assert.equal(await genesis(vector.till), vector.hash));
}

for (const [gross, rate, tax] of vectors.tax) {
  test(`tax in ${gross} at ${rate}`, () => assert.equal(money.wire(money.taxIn(money.cents(gross), rate)), tax));
}

for (const [perKilo, grams, sum] of vectors.weights) {
  test(`${grams} g at ${perKilo} a kilo`, () => assert.equal(money.wire(money.forWeight(money.cents(perKilo), grams)), sum));
}

test("weights", () => {
  assert.deepEqual(["482", "0,482", "1.5", ",5", "12"].map(money.typedGrams), [482, 482, 1500, 500, 12]);
  assert.deepEqual(["", ",", "1,2345", "a", "1,2,3"].map(money.typedGrams), [null, null, null, null, null]);
});

test("amounts", () => {
  assert.equal(money.cents("1.15"), 115);
  assert.equal(money.cents("4.35"), 435);
  assert.equal(money.wire(5), "0.05");
  assert.equal(money.wire(123456), "1234.56");
  assert.equal(money.typedAmount("20,5"), 2050);
  assert.equal(money.typedAmount("20.505"), null);
  assert.equal(money.typedAmount(","), null);
  assert.deepEqual(money.likelyCash(1240), [1240, 1300, 1500, 2000, 5000, 10000]);
});

test("money goes back as it was paid, to a gift card first", () => {
  const back = (owed, paid) => money.asPaid(owed, paid, 30);
  assert.deepEqual(back(1200, { gift: 500, card: 700 }), [{ method: "gift", amount: 500 }, { method: "card", amount: 700 }]);
  assert.deepEqual(back(300, { cash: 700, gift: 500 }), [{ method: "gift", amount: 300 }]);
  assert.deepEqual(back(1000, { gift: 500, cash: 200 }), [{ method: "gift", amount: 500 }, { method: "cash", amount: 500 }]);
  assert.deepEqual(back(100, { points: 100 }), [{ method: "points", amount: 100, points: 30 }]);
});

test("ids are UUIDv7, in the order of time", () => {
  assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(newId(1000) < newId(2000));
  assert.ok(newId(0x017f22e279b0).startsWith("017f22e2-79b0-7"));
});

test("what a scan means", () => {
  assert.deepEqual(meaning("3017620422003").kind, "product");
  assert.deepEqual(meaning("036000291452").kind, "product");
  assert.deepEqual(meaning("96385074").kind, "product");
  assert.deepEqual(meaning("https://id.example/01/03017620422003?17=261231"), { kind: "product", value: "03017620422003" });
  assert.deepEqual(meaning("w-12345678"), { kind: "customer", value: "W-12345678" });
  assert.deepEqual(meaning("7k4 m2p xy"), { kind: "pickup", value: "7K4M2PXY" });
  assert.equal(meaning("chocolat").kind, "text");
});

test("times are the store's, wherever the device believes to be", async () => {
  process.env.TZ = "Pacific/Auckland";
  const said = async (language, zone) => {
    globalThis.document = { getElementById: () => ({ textContent: JSON.stringify({ language, zone, words: {} }) }) };
    const words = await load("words.js", `${language}.${zone.replace("/", "-")}.mjs`);
    return [words.moment("2026-11-22T23:05:00Z"), words.clock("2026-11-22T23:05:00Z"), words.clock("2026-11-22T11:00:00Z")];
  };
  assert.deepEqual(await said("fr", "Europe/Paris"), ["23/11/2026 00:05", "0\u00a0h\u00a005", "12\u00a0h"]);
  assert.deepEqual(await said("en", "America/Martinique"), ["22/11/2026, 19:05", "7:05\u00a0pm", "7:00\u00a0am"]);
});
