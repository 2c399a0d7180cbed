"""People who buy all the time while the dial turns: on the web, at tills, in the store.

Each sends the same id again until it is acknowledged, or refused for a business reason.
What was acknowledged is appended to a history file: the truth that databases are held to.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from http.client import HTTPException
from pathlib import Path
from uuid import UUID

import psycopg

from inventory.ids import new_id
from tests import servers
from tests.journeys import crowd
from tests.journeys.crowd import Answer, Client, Json
from tests.journeys.outfit import Outfit
from tests.living import House

THINKS = 0.12  # seconds between two acts of one client
AGAIN = 0.1  # until the same is sent again
ANSWERED_WITHIN = 45.0
WEB_CLIENTS = 2
ADDRESS = {
    "name": "Dominique Durand",
    "line1": "3 rue des Dames",
    "postcode": "75017",
    "city": "Paris",
    "country": "FR",
}
# A job's next step in the store, with what the step says of it.
STEPS: dict[str, Callable[[Json], tuple[str, Json]]] = {
    "placed": lambda job: ("accept", {}),
    "accepted": lambda job: ("start-picking", {}),
    "picking": lambda job: (
        ("stage", {"shelf": "T1"})
        if all(line["picked"] == line["quantity"] for line in job["lines"])
        else (
            "pick",
            {
                "lines": [
                    {"gtin": line["gtin"], "quantity": line["quantity"]}
                    for line in job["lines"]
                ]
            },
        )
    ),
    "staged": lambda job: ("ready", {}),
    "ready": lambda job: ("hand-over", {"name_checked": True}),
}


@dataclass(frozen=True)
class Done:
    """One act and its answer; times by the monotonic clock. `said` is the status, with
    the kind of problem where it was refused."""

    id: str
    kind: str
    level: str
    said: str
    began: float
    ended: float
    tries: int


@dataclass
class History:
    """`file` has a line per acknowledged act."""

    file: Path
    acknowledged: list[Done] = field(default_factory=list)
    refused: list[Done] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, done: Done) -> None:
        with self.lock:
            if not done.said.startswith("2"):
                self.refused.append(done)
                return
            self.acknowledged.append(done)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(done)) + "\n")

    def so_far(self) -> list[Done]:
        """What the file says was acknowledged."""
        with self.lock:
            lines = self.file.read_text(encoding="utf-8").splitlines()
        return [Done(**json.loads(line)) for line in lines]


@dataclass
class Dial:
    """Where the dial stands, looked at all the time past the product. `pauses` are the
    times (monotonic) during which a run kept business closed."""

    level: str
    moving: bool = False
    pauses: list[tuple[float, float]] = field(default_factory=list)

    def watch(self, house: House, stop: threading.Event) -> None:
        url = servers.url(house.prefix + "default")
        began = 0.0
        with psycopg.connect(url, autocommit=True) as connection:
            while not stop.wait(0.005):
                seen = connection.execute(
                    """
                    SELECT moving IS NOT NULL, CASE
                      WHEN shared_database THEN 'omnichannel'
                      WHEN EXISTS (SELECT FROM channels_featureflag
                                   WHERE name = 'web_to_store' AND "on")
                      THEN 'cross-channel' ELSE 'multichannel' END
                    FROM channels_levelstate
                    """
                ).fetchone()
                assert seen is not None
                moving, self.level = seen
                if moving and not self.moving:
                    began = time.monotonic()
                if self.moving and not moving:
                    self.pauses.append((began, time.monotonic()))
                self.moving = moving


class Sender:
    """A client that does not give up."""

    def __init__(self, house: House, key: str, dial: Dial, history: History) -> None:
        self.client = Client(house, key)
        self.dial, self.history = dial, history

    def do(
        self, kind: str, id: str, method: str, path: str, body: Json, **more: str
    ) -> Answer:
        """Until it is acknowledged or refused, and on record."""
        level, began = self.dial.level, time.monotonic()
        (status, said), tries = self.answered(method, path, body, **more)
        told = str(status) if status < 300 else f"{status} {said.get('type', said)}"
        assert status < 500, f"{kind} {id}: {told}"
        self.history.write(Done(id, kind, level, told, began, time.monotonic(), tries))
        return status, said

    def answered(
        self, method: str, path: str, body: Json | None = None, **more: str
    ) -> tuple[Answer, int]:
        """The answer, and how often it was asked for."""
        until = time.monotonic() + ANSWERED_WITHIN
        for tries in itertools.count(1):
            try:
                status, said = self.client.ask(method, path, body, **more)
            except (OSError, HTTPException) as error:
                self.client.connection.close()
                status, said = 503, {"type": repr(error)}
            if status != 503:
                return (status, said), tries
            assert time.monotonic() < until, f"{method} {path}: {said}"
            time.sleep(AGAIN)
        raise AssertionError


class Traffic:
    def __init__(self, house: House, outfit: Outfit, history: Path) -> None:
        history.touch()
        self.house, self.outfit = house, outfit
        self.history, self.dial = History(history), Dial(house.level)
        self.stop = threading.Event()

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """At the end everybody has got the answer to what they asked last."""
        clients = [
            *[self.web] * WEB_CLIENTS,
            *[partial(self.till, till) for till in self.tills()],
            self.store,
            partial(self.points, "shop", "webshop"),
            partial(self.points, "till", "pos"),
        ]
        watched = threading.Event()
        with ThreadPoolExecutor(len(clients) + 1) as threads:
            watch = threads.submit(self.dial.watch, self.house, watched)
            busy: list[Future[None]] = [threads.submit(each) for each in clients]
            try:
                yield
            finally:
                self.stop.set()
                ended = [each.exception() for each in busy]
                watched.set()
        watch.result()
        assert ended == [None] * len(clients), ended

    def has_come_to(self, kinds: set[str]) -> None:
        """Waits until some of each of these were begun from now on and acknowledged."""
        now = time.monotonic()
        while True:
            new = {each.kind for each in self.history.so_far() if each.began > now}
            if kinds <= new:
                return
            assert time.monotonic() < now + ANSWERED_WITHIN, kinds - new
            time.sleep(0.2)

    def sender(self, scope: str) -> Sender:
        return Sender(self.house, self.outfit.keys[scope], self.dial, self.history)

    def going_on(self) -> Iterator[int]:
        """Numbers, until the traffic is to stop."""
        for number in itertools.count():
            if self.stop.wait(THINKS):
                return
            yield number

    def web(self) -> None:
        """Parcels, and what is to be collected where that is offered; paid at once."""
        shop = self.sender("shop")
        for number in self.going_on():
            collect = self.dial.level != "multichannel" and number % 2 == 0
            id = str(new_id())
            body = {
                "email": "traffic@example.com",
                "lines": [{"gtin": self.outfit.article.gtin, "quantity": 1}],
                "fulfilment": (
                    {"method": "collect", "location": self.outfit.store}
                    if collect
                    else {"method": "ship", "address": ADDRESS}
                ),
                "payment": {"method": "online", "token": "approve"},
            }
            kind = "to collect" if collect else "to ship"
            shop.do(kind, id, "PUT", f"orders/{id}/", body)

    def tills(self) -> list[UUID]:
        (_, told), _ = self.sender("till").answered("GET", "tills/")
        return [UUID(each["id"]) for each in told["results"]]

    def till(self, till: UUID) -> None:
        """One ticket after another, every second one a customer's."""
        at, employee = self.sender("till"), self.outfit.employee
        opening = {"employee": str(employee)}
        (_, opened), _ = at.answered("POST", f"tills/{till}/shifts/", opening)
        tip = opened["next"]
        known = [id for id, _ in self.outfit.customers["pos"]]
        for number in self.going_on():
            customer = known[number % len(known)] if number % 2 else None
            body = crowd.sale(
                till, tip, employee, self.outfit.article, customer=customer
            )
            status, said = at.do(
                "ticket", body["id"], "PUT", f"tickets/{body['id']}/", body
            )
            assert status < 300, said  # the next one builds on it
            tip = crowd.following(body)

    def store(self) -> None:
        """Works on all that is to be collected here, a step at a time."""
        at = self.sender("store")
        for _ in self.going_on():
            for status in STEPS:
                path = f"fulfilments/?status={status}"
                (_, page), _ = at.answered("GET", path)
                for job in page["results"][:3]:
                    self.step(at, job)
                if self.stop.is_set():
                    return

    def step(self, at: Sender, job: Json) -> None:
        move, body = STEPS[job["status"]](job)
        if move == "hand-over" and job["due"]["amount"] != "0.00":
            return  # of the demo's own: to be paid at a till
        id = str(new_id())
        path = f"fulfilments/{job['id']}/{move}/"
        at.do("move", id, "POST", path, body, **{"Idempotency-Key": id})

    def points(self, scope: str, channel: str) -> None:
        """Customers of this channel spend a point."""
        at = self.sender(scope)
        cards = [card for _, card in self.outfit.customers[channel]]
        for number in self.going_on():
            id, card = str(new_id()), cards[number % len(cards)]
            body = {"id": id, "points": 1}
            at.do("redemption", id, "POST", f"loyalty/{card}/redeem/", body)
