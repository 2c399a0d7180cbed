// Run by tests/pos/test_closed.py: what the till does when the dial is being turned.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";

const here = new URL(".", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "till-"));
cpSync(join(here, "../../pos/static/pos"), folder, { recursive: true });
writeFileSync(join(folder, "package.json"), '{"type": "module"}');
const { ask, dialTurns, Problem, Unreachable } = await import(pathToFileURL(join(folder, "till/api.js")).href);

const closed = () => new Response(JSON.stringify({ type: "/problems/closed", status: 503 }), { status: 503 });
const busy = () => new Response("no upstream", { status: 503 });
const booked = () => new Response('{"next": {}}', { status: 201 });
const waits = [];
const later = globalThis.setTimeout;
globalThis.setTimeout = (act, wait) => { waits.push(wait); return later(act, 0); };

/** The server gives these answers, one after the other. What it was sent comes back. */
function server(...answers) {
  const sent = [];
  waits.length = 0;
  globalThis.fetch = async (url, { method, body }) => {
    sent.push({ url, method, body, told: dialTurns.value });
    return answers.shift()();
  };
  return sent;
}

test("the same ticket is sent again each second until it is booked, and the seller is told", async () => {
  const sent = server(closed, closed, booked);
  await ask("/pos/tickets/1/", { method: "PUT", body: { id: "1", total: "3.25" } });
  assert.equal(sent.length, 3);
  assert.deepEqual(new Set(sent.map((each) => each.body)), new Set(['{"id":"1","total":"3.25"}']));
  assert.deepEqual(sent.map((each) => each.told), [false, true, true]);
  assert.deepEqual(waits, [1000, 1000]);
  assert.equal(dialTurns.value, false);
});

test("a refusal after the pause is a refusal", async () => {
  server(closed, () => new Response('{"type": "/problems/held"}', { status: 409 }));
  await assert.rejects(ask("/x/", { method: "POST", body: {} }), Problem);
  assert.equal(dialTurns.value, false);
});

test("another 503 is a network that is away: the ticket waits as it always did", async () => {
  const sent = server(busy);
  await assert.rejects(ask("/x/", { method: "PUT", body: {} }), Unreachable);
  assert.equal(sent.length, 1);
});

test("a network that goes away in the pause is a network that is away", async () => {
  server(closed, () => { throw new TypeError("network"); });
  await assert.rejects(ask("/x/", { method: "PUT", body: {} }), Unreachable);
  assert.equal(dialTurns.value, false);
});
