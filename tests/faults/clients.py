"""Customers and stores who go on whatever breaks, each with a plan drawn from a seed.

What is asked is asked again under the same id until it is answered, as a till, a browser
or another system does.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from typing import Any
from uuid import UUID

from inventory.ids import derived, new_id
from tests.faults.history import History, Line
from tests.faults.outfit import Outfit
from tests.journeys.crowd import Client, Json
from tests.living import House

AGAIN = 0.15  # seconds until the same is asked again
ANSWERED_WITHIN = 60.0
BUYERS = 3
ADDRESS = {
    "name": "Dominique Durand",
    "line1": "3 rue des Dames",
    "postcode": "75017",
    "city": "Paris",
    "country": "FR",
}
# what becomes of an order, and how many of a hundred
FATES = {
    "collect": 44,
    "check in": 8,
    "in parts": 6,
    "cancel at once": 9,
    "cancel late": 8,
    "short": 11,
    "reject": 9,
    "expire": 5,
}
CHOICES = {
    "short": ("drop", "drop", "cancel", "ship"),
    "reject": ("other_store", "ship", "cancel"),
}
UNPAID = ("cancel at once", "cancel late", "expire")  # nobody stands at a till here


@dataclass(frozen=True)
class Plan:
    """Of one order. `choice` is the customer's where the store cannot do it all."""

    id: str
    fate: str
    choice: str
    store: str
    other: str
    lines: tuple[tuple[str, int], ...]
    online: bool


def plans(many: int, seed: int, outfit: Outfit) -> list[Plan]:
    drawn = random.Random(seed)  # noqa: S311 - repeatable, not secret
    found = []
    for _ in range(many):
        fate = drawn.choices(list(FATES), list(FATES.values()))[0]
        store, other = drawn.sample(list(outfit.stores), 2)
        two = fate == "in parts" or drawn.random() < 0.4
        gtins = outfit.gtins if two else [drawn.choice(outfit.gtins)]
        least = 2 if fate == "short" else 1  # something is left to go on with
        found.append(
            Plan(
                id=str(new_id()),
                fate=fate,
                choice=drawn.choice(CHOICES.get(fate, ("",))),
                store=store,
                other=other,
                lines=tuple((gtin, drawn.randint(least, 2)) for gtin in gtins),
                online=fate not in UNPAID or drawn.random() < 0.5,
            )
        )
    return found


class Asker:
    """One client. Never gives up on an id before `ANSWERED_WITHIN`."""

    def __init__(self, house: House, key: str, history: History) -> None:
        self.client = Client(house, key)
        self.history = history

    def once(
        self, method: str, path: str, body: Json | None = None, **more: str
    ) -> tuple[int, Json]:
        """0 where the line was cut."""
        try:
            return self.client.ask(method, path, body, **more)
        except (OSError, HTTPException, ValueError) as error:
            self.client.connection.close()
            return 0, {"type": type(error).__name__}

    def insist(
        self,
        kind: str,
        id: str,
        method: str,
        path: str,
        body: Json | None = None,
        **more: str,
    ) -> tuple[int, Json]:
        began = time.monotonic()
        tries = 0
        while True:
            tries += 1
            status, said = self.once(method, path, body, **more)
            late = time.monotonic() > began + ANSWERED_WITHIN
            if (200 <= status < 500 and status != 429) or late:
                break
            time.sleep(AGAIN)
        result = "ok" if 200 <= status < 300 else "fail"
        if status < 200 or status >= 500:
            result = "info"
        told = f"{status} {said.get('type', '') if status >= 300 or not status else ''}"
        line = Line(id, kind, result, told.strip(), began, time.monotonic(), tries)
        self.history.write(line)
        return status, said

    def see(self, path: str) -> Json | None:
        """None where it was not to be had; looking changes nothing."""
        status, said = self.once("GET", path)
        return said if status == 200 else None


@dataclass
class Storm:
    """Everybody at once. `left` are the orders whose customers still look after them."""

    house: House
    outfit: Outfit
    plans: list[Plan]
    history: History
    left: dict[str, Plan] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    placed: int = 0
    busy: list[Future[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_id = {plan.id: plan for plan in self.plans}
        self.queue = iter(self.plans)
        self.lock = threading.Lock()
        self.buying = BUYERS

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Until all is bought and done, or the block ends. Raises what a client met."""
        clients: list[Callable[[], None]] = [
            *[self.buyer] * BUYERS,
            self.customers,
            *[partial(self.store, code) for code in self.outfit.stores],
        ]
        with ThreadPoolExecutor(len(clients)) as threads:
            self.busy = busy = [threads.submit(each) for each in clients]
            try:
                yield
            finally:
                self.stop.set()
                self.met = [error for each in busy if (error := each.exception())]
        assert not self.met, self.met

    def quiet(self) -> bool:
        """All was bought, and no customer and no store has anything left to do. Raises
        what a client met."""
        for each in self.busy:
            if each.done() and (error := each.exception()):
                raise error
        return self.buying == 0 and not self.left

    def has_placed(self, many: int) -> None:
        """Waits until so many orders were acknowledged."""
        until = time.monotonic() + ANSWERED_WITHIN
        while self.placed < many and self.buying:
            assert time.monotonic() < until, (self.placed, many)
            self.quiet()
            time.sleep(0.05)

    def asker(self, key: str) -> Asker:
        return Asker(self.house, key, self.history)

    def buyer(self) -> None:
        shop = self.asker(self.outfit.shop)
        while not self.stop.is_set():
            with self.lock:
                plan = next(self.queue, None)
            if plan is None:
                break
            self.buy(shop, plan)
        with self.lock:
            self.buying -= 1

    def buy(self, shop: Asker, plan: Plan) -> None:
        body: Json = {
            "email": f"storm-{plan.id}@example.com",
            "first_name": "Storm",
            "last_name": "Durand",
            "lines": [{"gtin": gtin, "quantity": n} for gtin, n in plan.lines],
            "fulfilment": {"method": "collect", "location": plan.store},
            "payment": {"method": "online", "token": "approve"}
            if plan.online
            else {"method": "at_store"},
        }
        status, _ = shop.insist("order", plan.id, "PUT", f"orders/{plan.id}/", body)
        if not 200 <= status < 300:
            return
        self.placed += 1
        with self.lock:
            self.left[plan.id] = plan
        if plan.fate == "cancel at once":
            self.cancel(shop, plan)

    def cancel(self, shop: Asker, plan: Plan) -> None:
        shop.insist(
            "cancel", f"cancel:{plan.id}", "POST", f"orders/{plan.id}/cancel/", {}
        )

    def customers(self) -> None:
        """Look at their orders, choose, check in, cancel; forget what has ended."""
        shop = self.asker(self.outfit.shop)
        while not self.stop.is_set():
            with self.lock:
                mine = list(self.left.values())
            for plan in mine:
                if self.stop.is_set():
                    return
                order = shop.see(f"orders/{plan.id}/")
                if order is not None and self.looked_after(shop, plan, order):
                    with self.lock:
                        self.left.pop(plan.id, None)
            time.sleep(0.2)

    def looked_after(self, shop: Asker, plan: Plan, order: Json) -> bool:
        """Whether nothing is left to do for it."""
        if order["requested"]:
            return False
        states = [each["status"] for each in order["fulfilments"]]
        open_now = [
            each
            for each in order["fulfilments"]
            if each["status"] not in {"cancelled", "collected", "restocked"}
        ]
        if "customer_choice" in states:
            promise = order["fulfilments"][states.index("customer_choice")]
            body = {"fulfilment": promise["id"], "choice": plan.choice}
            if plan.choice == "ship":
                body["address"] = ADDRESS
            if plan.choice == "other_store":
                body["location"] = plan.other
            shop.insist(
                "choice",
                f"choice:{promise['id']}",
                "POST",
                f"orders/{plan.id}/choices/",
                body,
            )
        elif "ready" in states and plan.fate == "check in":
            promise = order["fulfilments"][states.index("ready")]
            shop.insist(
                "check-in",
                f"check-in:{promise['id']}",
                "POST",
                f"orders/{plan.id}/check-in/",
                {"fulfilment": promise["id"], "where": "bay 3"},
            )
        elif plan.fate == "cancel late" and states[-1] in {
            "picking",
            "staged",
            "ready",
        }:
            self.cancel(shop, plan)
        # what is sent instead waits for the warehouse, which is not part of this
        return all(each["method"] == "ship" for each in open_now)

    def store(self, code: str) -> None:
        """Works on all that is to be collected there, a step at a time."""
        at = self.asker(self.outfit.stores[code])
        while not self.stop.is_set():
            worked = 0
            for status in STEPS:
                page = at.see(f"fulfilments/?status={status}&limit=30") or {}
                for job in page.get("results", []):
                    if self.stop.is_set():
                        return
                    plan = self.by_id.get(job["order"])
                    if plan is not None:
                        worked += self.step(at, plan, job)
            if not worked:
                time.sleep(0.2)

    def step(self, at: Asker, plan: Plan, job: Json) -> bool:
        told = STEPS[job["status"]](plan, job)
        if told is None:
            return False
        move, body = told
        # one id for one step of one job, however often this is looked at
        key = str(
            derived(
                UUID(plan.id), "storm", job["id"], move, job["status"], _so_far(job)
            )
        )
        path = f"fulfilments/{job['id']}/{move}/"
        at.insist("move", key, "POST", path, body, **{"Idempotency-Key": key})
        return True


def _so_far(job: Json) -> str:
    return ",".join(
        f"{line['picked']}-{line['short']}-{line['collected']}" for line in job["lines"]
    )


Step = Callable[[Plan, Json], tuple[str, Json] | None]


def _placed(plan: Plan, job: Json) -> tuple[str, Json]:
    if plan.fate == "reject" and job["location"] == plan.store:
        return "reject", {"reason": "too_busy"}
    return "accept", {}


def _picking(plan: Plan, job: Json) -> tuple[str, Json]:
    lines = job["lines"]
    if plan.fate == "short" and not any(line["short"] for line in lines):
        body = [{"gtin": lines[0]["gtin"], "quantity": 1}]
        return "short", {"reason": "sold", "lines": body}
    if all(line["picked"] == line["quantity"] - line["short"] for line in lines):
        return "stage", {"shelf": "T1"}
    found: list[dict[str, Any]] = [
        {"gtin": line["gtin"], "quantity": line["quantity"] - line["short"]}
        for line in lines
    ]
    return "pick", {"lines": found}


def _ready(plan: Plan, job: Json) -> tuple[str, Json] | None:
    if plan.fate == "expire":
        return "expire", {}
    if (job["due"] and job["due"]["amount"] != "0.00") or plan.fate == "cancel late":
        return None
    if plan.fate == "check in" and job["status"] == "ready":
        return None
    body: Json = {"name_checked": True}
    if plan.fate == "in parts" and job["status"] != "partly_collected":
        first = job["lines"][0]
        body["lines"] = [{"gtin": first["gtin"], "quantity": first["picked"]}]
    return "hand-over", body


STEPS: dict[str, Step] = {
    "placed": _placed,
    "accepted": lambda plan, job: ("start-picking", {}),
    "picking": _picking,
    "staged": lambda plan, job: ("ready", {}),
    "ready": _ready,
    "checked_in": _ready,
    "partly_collected": _ready,
    "expired": lambda plan, job: ("restock", {}),
}
