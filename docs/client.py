"""A client of the API, with what comes with Python 3.11 and nothing else.

    python docs/client.py http://localhost:8000 KEY [WORD]

finds something to send, orders one of it, orders it again as after a lost answer, reads
the order, is refused something, and reads all orders page by page. KEY is of scope `shop`.
"""

import base64
import hmac
import json
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

PATIENCE = 60  # seconds altogether, for one call
BUSY = (429, 503)  # nothing was done: the same may be sent again
HOME = {
    "name": "Alice Martin",
    "line1": "1 rue de la Paix",
    "postcode": "75002",
    "city": "Paris",
}


class Problem(Exception):
    """What the house refused (RFC 9457). `type` is for programs, `body["detail"]` for
    people, and some problems carry more: see /problems/ and the slug."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body['type']}: {body['detail']}")
        self.status, self.type, self.body = status, body["type"], body


class Shop:
    def __init__(self, base: str, key: str) -> None:
        self.base = base.rstrip("/") + "/api/v1/"
        self.key = key

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer. Sends the same again while the house is busy or does not answer:
        whatever has an effect carries an id of ours, and has it once. Raises Problem."""
        url = urllib.parse.urljoin(self.base, path)
        headers = {"Authorization": f"Bearer {self.key}"}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        until, wait = time.monotonic() + PATIENCE, 1.0
        while True:
            request = urllib.request.Request(
                url, data=data, headers=headers, method=method
            )
            try:
                with urllib.request.urlopen(request, timeout=15) as answer:
                    text = answer.read()
                    return json.loads(text) if text else None
            except urllib.error.HTTPError as error:
                told = error.read()
                if error.code not in BUSY or time.monotonic() > until:
                    raise Problem(error.code, json.loads(told)) from None
                time.sleep(float(error.headers.get("Retry-After", wait)))
            except OSError:  # no answer, or half of one
                if time.monotonic() > until:
                    raise
                time.sleep(wait)
                wait = min(2 * wait, 15)

    def all(self, path: str) -> Iterator[Any]:
        """Every row of a list; `next` is the address of its next page."""
        following: str | None = path
        while following:
            page = self.ask("GET", following)
            yield from page["results"]
            following = page["next"]


def new_id() -> str:
    """A UUIDv7: a time, then chance. Make one per thing, and keep it until answered."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return str(UUID(int=value & ~(0x3 << 62) | 0x2 << 62))


def heard(secret: str, headers: Mapping[str, str], body: bytes) -> Any:
    """What a webhook tells; None where it was not the house that called. `body`: the
    bytes as they came. Keep the ids in `webhook-id`: a call may come twice."""
    id, at = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(at)) > 300:
        return None
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.digest(key, b".".join([id.encode(), at.encode(), body]), "sha256")
    right = "v1," + base64.b64encode(made).decode()
    given = headers["webhook-signature"].split()
    if not any(hmac.compare_digest(right, each) for each in given):
        return None
    return json.loads(body)


def main(base: str, key: str, word: str = "") -> None:
    shop = Shop(base, key)
    goods = shop.all("products/?" + urllib.parse.urlencode({"q": word}))
    found = next(each for each in goods if each["delivery"]["available"] > 0)
    print(found["gtin"], found["name"], found["price"]["amount"])

    places = shop.ask("GET", f"products/{found['gtin']}/availability/")["locations"]
    print(*(f"{each['name']}: {each['available']}" for each in places), sep=", ")

    id, wish = new_id(), {
        "email": "alice@example.org",
        "lines": [{"gtin": found["gtin"], "quantity": 1}],
        "fulfilment": {"method": "ship", "address": HOME},
        "payment": {"method": "online", "token": "approve"},
    }  # fmt: skip
    order = shop.ask("PUT", f"orders/{id}/", wish)
    again = shop.ask("PUT", f"orders/{id}/", wish)
    print(order["number"], order["status"], order["number"] == again["number"])

    order = shop.ask("GET", f"orders/{id}/")
    print(order["totals"]["total"]["amount"], order["fulfilments"][0]["status"])

    try:
        shop.ask("PUT", f"orders/{id}/", {**wish, "email": "bob@example.org"})
    except Problem as problem:
        print(problem.status, problem.type)

    numbers = [each["number"] for each in shop.all("orders/?limit=1")]
    print(len(numbers), order["number"] in numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
