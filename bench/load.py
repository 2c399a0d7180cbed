"""Clients of the house, in a process of their own: `python -m bench.load < plan`.

The plan is one JSON object: `port`, `seconds`, `clients`, `kind` ("orders", "tickets"
or "get") and what the kind needs. Every client is a thread with one kept connection
that sends its next request when the last is answered (closed loop). Prints
`{"seconds", "latencies" (ms, of good answers), "errors": {status: count}, "error"}`.
"""

from __future__ import annotations

import hashlib
import json
import random
import socket
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from inventory.ids import new_id
from pos.tickets import Line, Paid, Sale, stamp, ticket_hash

Plan = dict[str, Any]


class Connection:
    """HTTP/1.1 as far as a measurement needs it: little work of its own."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body."""
        self.socket.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        status, _, lines = head.partition(b"\r\n")
        headers = lines.lower()
        if b"transfer-encoding: chunked" in headers:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
        else:
            _, _, rest = headers.partition(b"content-length:")
            length = int(rest.split(b"\r\n", 1)[0])
            while len(body) < length:
                body += self._more()
        return int(status.split(b" ", 2)[1]), body

    def _more(self) -> bytes:
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError("the server hung up")
        return got


def request(method: str, path: str, *, key: str = "", body: Any = None) -> bytes:
    text = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(text)}"]
    return "\r\n".join([*lines, "", ""]).encode() + text


def orders(plan: Plan, client: int) -> Iterator[bytes]:
    """A guest's orders: `wishes` in random order, collect, pay at the store."""
    chosen = random.Random(f"{plan.get('seed', 1)}:{client}")
    while True:
        wish = chosen.choice(plan["wishes"])
        body = {
            "email": "guest@example.org",
            "first_name": "Camille",
            "lines": [{"gtin": gtin, "quantity": 1} for gtin in wish["gtins"]],
            "fulfilment": {"method": "collect", "location": wish["location"]},
            "payment": {"method": "at_store"},
        }
        path = f"/api/v1/orders/{new_id()}/"
        yield request("PUT", path, key=plan["shop_key"], body=body)


def tickets(plan: Plan, client: int) -> Iterator[bytes]:
    """The next tickets of one till: three lines, paid by card, chained and hashed."""
    till = plan["tills"][client]
    listed = request("GET", "/api/v1/tills/", key=till["key"])
    _, body = Connection(plan["port"]).ask(listed)
    tip = next(x["next"] for x in json.loads(body)["results"] if x["id"] == till["id"])
    number, previous = tip["number"], tip["previous_hash"]
    chosen = random.Random(f"{number}:{client}")
    while True:
        gtins = chosen.sample(plan["goods"], 3)
        made, hashed = ticket(plan["prices"], till, gtins, number, previous)
        yield request(
            "PUT", f"/api/v1/tickets/{made['id']}/", key=till["key"], body=made
        )
        number, previous = number + 1, hashed


def ticket(
    prices: dict[str, Any],
    till: dict[str, str],
    gtins: list[str],
    number: int,
    previous: str,
) -> tuple[dict[str, Any], str]:
    lines = []
    for gtin in gtins:
        price, rate = Decimal(prices[gtin]["price"]), Decimal(prices[gtin]["tax_rate"])
        lines.append(Line(gtin, 1, price, price, rate))
    total = sum((line.total for line in lines), Decimal("0.00"))
    zero = Decimal("0.00")
    sale = Sale(
        id=new_id(),
        till=uuid.UUID(till["id"]),
        number=number,
        kind="sale",
        sold_at=datetime.now(UTC),
        employee=uuid.UUID(till["employee"]),
        customer=None,
        order=None,
        currency="EUR",
        lines=tuple(lines),
        tenders=(Paid("card", total, total, zero),),
        points_spent=0,
        total=total,
        previous_hash=previous,
        hash="",
        take_held=True,
        only_free=False,
    )
    hashed = ticket_hash(sale)
    return {
        **{name: str(getattr(sale, name)) for name in ("id", "till", "employee")},
        "number": number,
        "kind": "sale",
        "sold_at": stamp(sale.sold_at),
        "customer": None,
        "order": None,
        "currency": "EUR",
        "lines": [
            {
                "gtin": line.gtin,
                "quantity": 1,
                "unit_price": f"{line.unit_price:.2f}",
                "total": f"{line.total:.2f}",
                "tax_rate": f"{line.tax_rate:.4f}",
            }
            for line in lines
        ],
        "tenders": [
            {
                "method": "card",
                "amount": f"{total:.2f}",
                "given": f"{total:.2f}",
                "change": "0.00",
            }
        ],
        "points_spent": 0,
        "total": f"{total:.2f}",
        "previous_hash": previous,
        "hash": hashed,
        "take_held": True,
    }, hashed


def gets(plan: Plan, client: int) -> Iterator[bytes]:
    """`paths`, each client beginning at another."""
    paths = plan["paths"]
    at = int(hashlib.sha256(str(client).encode()).hexdigest()[:8], 16)
    while True:
        yield request("GET", paths[at % len(paths)])
        at += 1


KINDS = {"orders": orders, "tickets": tickets, "get": gets}


def run(plan: Plan) -> dict[str, Any]:
    latencies: list[float] = []
    errors: Counter[str] = Counter()
    told: list[str] = []
    ready = threading.Barrier(plan["clients"] + 1)
    ends: list[float] = [0.0]

    def client(number: int) -> None:
        source = KINDS[plan["kind"]](plan, number)
        connection = Connection(plan["port"])
        first = next(source)
        ready.wait()
        ready.wait()  # the clock starts between the two
        wanted = first
        while (began := time.perf_counter()) < ends[0]:
            status, body = connection.ask(wanted)
            took = time.perf_counter() - began
            if status in (200, 201):
                latencies.append(round(took * 1000, 3))
            else:
                errors[str(status)] += 1
                told.append(body[:500].decode(errors="replace"))
            wanted = next(source)

    threads = [
        threading.Thread(target=client, args=(n,), daemon=True)
        for n in range(plan["clients"])
    ]
    for each in threads:
        each.start()
    ready.wait()
    began = time.perf_counter()
    ends[0] = began + plan["seconds"]
    ready.wait()
    for each in threads:
        each.join()
    return {
        "seconds": time.perf_counter() - began,
        "latencies": latencies,
        "errors": dict(errors),
        "error": told[0] if told else "",
    }


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
