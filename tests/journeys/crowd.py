"""Many buyers at once, through the API: each answer is kept, none is tried again."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from inventory.ids import new_id
from pos.tickets import Line, Paid, Sale, stamp, ticket_hash
from tests.living import House

Json = dict[str, Any]
Answer = tuple[int, Json]


def create_key(house: House, scope: str, *location: str) -> str:
    place = ["--location", *location] if location else []
    told = house.manage("credentials", "create", "--scope", scope, *place, "--json")
    key: str = json.loads(told.stdout)["key"]
    return key


class Client:
    """One connection that is kept, with one key."""

    def __init__(self, house: House, key: str) -> None:
        self.host = urlsplit(house.url).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
        }

    def ask(
        self, method: str, path: str, body: Json | None = None, **more: str
    ) -> Answer:
        self.connection.request(
            method,
            f"/api/v1/{path}",
            body=json.dumps(body) if body is not None else None,
            headers={**self.headers, **more},
        )
        response = self.connection.getresponse()
        said = response.read()
        return response.status, json.loads(said)


@dataclass(frozen=True)
class Article:
    gtin: str
    price: Decimal  # at the till
    tax_rate: Decimal


@dataclass(frozen=True)
class Outcome:
    """`said` is "201", or the status with the kind of problem."""

    id: str
    said: str


Queue = Callable[[], list[Outcome]]


def all_at_once(queues: list[Queue]) -> list[Outcome]:
    with ThreadPoolExecutor(len(queues)) as crowd:
        return [
            each for done in crowd.map(lambda queue: queue(), queues) for each in done
        ]


def _outcome(id: str, answer: Answer) -> Outcome:
    status, body = answer
    return Outcome(id, str(status) if status < 400 else f"{status} {body['type']}")


def on_the_web(
    house: House, key: str, article: Article, store: str, *, queues: int, each: int
) -> list[Queue]:
    """Guests who each want one unit, collected in that store and paid there."""

    def queue() -> list[Outcome]:
        client, outcomes = Client(house, key), []
        for _ in range(each):
            id = str(new_id())
            body = {
                "email": "crowd@example.com",
                "lines": [{"gtin": article.gtin, "quantity": 1}],
                "fulfilment": {"method": "collect", "location": store},
                "payment": {"method": "at_store"},
            }
            outcomes.append(_outcome(id, client.ask("PUT", f"orders/{id}/", body)))
        return outcomes

    return [queue] * queues


def at_the_tills(
    house: House, key: str, article: Article, employee: UUID, *, each: int
) -> list[Queue]:
    """One queue at each till of the key's store: a till sells one ticket after another,
    and here nothing but free units."""
    client = Client(house, key)
    _, tills = client.ask("GET", "tills/")

    def queue(till: UUID) -> list[Outcome]:
        at = Client(house, key)
        _, opened = at.ask("POST", f"tills/{till}/shifts/", {"employee": str(employee)})
        tip, outcomes = opened["next"], []
        for _ in range(each):
            body = sale(till, tip, employee, article)
            answer = at.ask("PUT", f"tickets/{body['id']}/", body)
            outcomes.append(_outcome(body["id"], answer))
            if answer[0] == 201:
                tip = following(body)
        return outcomes

    return [partial(queue, UUID(till["id"])) for till in tills["results"]]


def following(ticket: Json) -> Json:
    """What the till's next ticket must carry."""
    return {"number": ticket["number"] + 1, "previous_hash": ticket["hash"]}


def sale(
    till: UUID,
    tip: Json,
    employee: UUID,
    article: Article,
    *,
    customer: UUID | None = None,
) -> Json:
    """One free unit of it, paid by card, as the till's next ticket."""
    price, zero = article.price, Decimal("0.00")
    made = Sale(
        id=new_id(),
        till=till,
        number=tip["number"],
        kind="sale",
        sold_at=datetime.now(UTC).replace(microsecond=0),
        employee=employee,
        customer=customer,
        order=None,
        currency="EUR",
        lines=(Line(article.gtin, 1, price, price, article.tax_rate),),
        tenders=(Paid("card", price, price, zero),),
        points_spent=0,
        total=price,
        previous_hash=tip["previous_hash"],
        hash="",
        take_held=False,
        only_free=True,
    )
    amount, rate = f"{price:.2f}", f"{article.tax_rate:.4f}"
    return {
        "id": str(made.id),
        "till": str(till),
        "number": made.number,
        "kind": made.kind,
        "sold_at": stamp(made.sold_at),
        "employee": str(employee),
        "customer": None if customer is None else str(customer),
        "order": None,
        "currency": "EUR",
        "lines": [
            {
                "gtin": article.gtin,
                "quantity": 1,
                "unit_price": amount,
                "total": amount,
                "tax_rate": rate,
            }
        ],
        "tenders": [
            {"method": "card", "amount": amount, "given": amount, "change": "0.00"}
        ],
        "points_spent": 0,
        "total": amount,
        "previous_hash": made.previous_hash,
        "hash": ticket_hash(made),
        "only_free": True,
    }


def accept(house: House, key: str, orders: set[str]) -> int:
    """The store accepts what waits for it of these orders; answers how many."""
    client, accepted = Client(house, key), 0
    path = "fulfilments/?status=placed"
    while path:
        _, page = client.ask("GET", path)
        for job in page["results"]:
            if job["order"] in orders:
                move = f"fulfilments/{job['id']}/accept/"
                once = {"Idempotency-Key": str(new_id())}
                accepted += client.ask("POST", move, {}, **once)[0] == 200
        path = (page["next"] or "").rpartition("/api/v1/")[2]
    return accepted
