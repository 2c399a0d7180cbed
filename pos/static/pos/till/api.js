// Asks the server. Two kinds of failure: Unreachable (nothing is known, the same id may be
// sent again) and Problem (a refusal with a reason, RFC 9457). While the dial is being turned
// nothing is taken in: the same request, with its id, is sent again until business is open.

import { computed, signal } from "../vendor/signals.js";

const PATIENCE_MS = 10000;
const CLOSED_WAIT_MS = 1000;
const CLOSED_AT_MOST_MS = 120000; // longer than any pause: then somebody must look at the run
let csrf = "";

const kept = signal(0); // requests that wait for the dial

/** Whether any does: the network is well, and the house will take it in a moment. */
export const dialTurns = computed(() => kept.value > 0);

export class Unreachable extends Error {}

export class Problem extends Error {
  constructor(body, status) {
    super(body.title ?? String(status));
    this.slug = (body.type ?? "").replace("/problems/", "");
    this.status = status;
    this.body = body;
  }
}

export const setCsrf = (token) => { csrf = token; };

export async function ask(url, { method = "GET", body } = {}) {
  const response = await send(url, method, body);
  return read((await isClosed(response)) ? await opened(url, method, body) : response);
}

/** The answer that comes once the dial stands. */
async function opened(url, method, body) {
  const until = Date.now() + CLOSED_AT_MOST_MS;
  kept.value += 1;
  try {
    while (Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, CLOSED_WAIT_MS));
      const response = await send(url, method, body);
      if (!(await isClosed(response))) return response;
    }
  } finally {
    kept.value -= 1;
  }
  throw new Unreachable("closed");
}

async function send(url, method, body) {
  try {
    return await fetch(url, {
      method,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(method === "GET" ? {} : { "X-CSRFToken": csrf }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
      redirect: "error",
    });
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

/** 503 with the house's own word for it; another 503 comes from who stands before it. */
async function isClosed(response) {
  if (response.status !== 503) return false;
  try {
    return (await response.clone().json()).type === "/problems/closed";
  } catch {
    return false;
  }
}

async function read(response) {
  // 500, 502, 504: whether it was booked is not known
  if (response.status >= 500 || response.status === 429) throw new Unreachable(String(response.status));
  let told;
  try {
    told = await response.json();
  } catch {
    if (response.ok) throw new Unreachable("cut");
    throw new Problem({}, response.status);
  }
  if (!response.ok) throw new Problem(told, response.status);
  return told;
}

/** What a code, card, phone or name opens that nobody else may read: in the body, because
 * addresses are written into logs on the way. */
export const byCode = (url, code) => ask(url, { method: "POST", body: { code } });

export const find = (url, values) => ask(`${url}?${new URLSearchParams(values)}`);
