// Asks the server. Two kinds of failure: Unreachable (nothing is known, the same id may be
// sent again) and Problem (a refusal with a reason, RFC 9457).

const PATIENCE_MS = 10000;
let csrf = "";

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
  let response;
  try {
    response = await fetch(url, {
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
  // 503: the dial moves. 500, 502, 504: whether it was booked is not known.
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

export const find = (url, values) => ask(`${url}?${new URLSearchParams(values)}`);
