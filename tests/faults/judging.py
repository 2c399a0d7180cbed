"""After the storm: is anything lost, doubled, or in a state that cannot be?"""

from __future__ import annotations

import json
import time
from collections import Counter

from retail.fulfilment.states import PICKUP_MOVES, PICKUP_OPEN
from retail.messages.handlers import HANDLERS
from tests.faults.clients import Storm
from tests.faults.history import History
from tests.living import House
from tests.retail.webhooks.receiving import Receiver

QUIET_WITHIN = 90.0
# where an order may stand when everybody has done what they could
LEGAL = {"placed", "part_fulfilled", "completed", "cancelled", "payment_failed"}
SAME = {"rejected": "customer_choice", "short": "customer_choice"}


def awaits_quiet(house: House) -> float:
    """Until every message has arrived; answers how long that took."""
    began = time.monotonic()
    while waiting := unsent(house):
        assert time.monotonic() < began + QUIET_WITHIN, waiting
        time.sleep(0.2)
    return time.monotonic() - began


def unsent(house: House) -> list[tuple[object, ...]]:
    return [
        row
        for alias in ("webshop", "pos")
        for row in house.rows(
            alias,
            "SELECT kind, subject, attempts, last_error, dead_at"
            " FROM retail_outboxmessage WHERE sent_at IS NULL",
        )
    ]


def another_system_heard_of_each_order(house: House, receiver: Receiver) -> None:
    """At least once, under one id for each event."""
    began = time.monotonic()
    while untold(house):
        assert time.monotonic() < began + QUIET_WITHIN, untold(house)
        time.sleep(0.2)
    bodies = {headers["webhook-id"]: body for body, headers in receiver.came}
    assert {each[0] for each in receiver.came} == set(bodies.values())
    told = [json.loads(body) for body in bodies.values()]
    heard = Counter(
        each["data"]["order"] for each in told if each["type"] == "order.placed"
    )
    [(since,)] = house.rows("default", "SELECT made_at FROM webhooks_endpoint")
    placed = house.rows(
        "webshop",
        "SELECT order_id::text FROM retail_orderevent WHERE after = 'placed'"
        " AND before IN ('', 'awaiting_payment', 'payment_failed') AND at > %s",
        since,
    )
    assert heard == Counter(order for (order,) in placed)


def untold(house: House) -> list[tuple[object, ...]]:
    return [
        *house.rows("webshop", "SELECT kind, id FROM retail_outsideevent"),
        *house.rows(
            "default",
            "SELECT kind, id FROM webhooks_delivery WHERE sent_at IS NULL",
        ),
    ]


def tried_in_vain(house: House) -> Counter[str]:
    """The last error of each message that was not delivered at the first try."""
    return Counter(
        error.partition(":")[0]
        for alias in ("webshop", "pos")
        for (error,) in house.rows(
            alias, "SELECT last_error FROM retail_outboxmessage WHERE attempts > 0"
        )
    )


def holds(house: House) -> None:
    """`books check` on every database: exit 0 and every check."""
    told = house.manage("books", "check", "--json", check=False)
    assert told.returncode == 0, [
        each for each in json.loads(told.stdout)["checks"] if each["rows"]
    ]


def nothing_is_lost(house: House, storm: Storm) -> None:
    """I18: acknowledged ⊆ stored ⊆ acknowledged or unanswered; refused is not there."""
    history = storm.history
    stored = {str(id) for (id,) in house.rows("webshop", "SELECT id FROM retail_order")}
    ours = stored & {plan.id for plan in storm.plans}
    agrees("order", history, ours)
    moved = {
        str(id) for (id,) in house.rows("pos", "SELECT id FROM retail_pickupevent")
    }
    asked = history.ids("move", "ok", "fail", "info")
    agrees("move", history, moved & asked)


def agrees(kind: str, history: History, stored: set[str]) -> None:
    lost = history.ids(kind, "ok") - stored
    assert not lost, f"acknowledged and not there: {kind} {sorted(lost)[:5]}"
    ghosts = stored & history.ids(kind, "fail")
    assert not ghosts, f"refused and there: {kind} {sorted(ghosts)[:5]}"
    assert stored <= history.ids(kind, "ok", "info")


def nothing_is_doubled(house: House, storm: Storm) -> None:
    """One job for each promise, one charge for each payment, one hand-over, one effect
    of each message (I19), and each message on the other side once for each handler."""
    promised = Counter(
        str(id)
        for (id,) in house.rows(
            "webshop",
            "SELECT id FROM retail_fulfilment WHERE method = 'collect'"
            " AND job_version > 0 AND order_id = ANY(%s::uuid[])",
            [plan.id for plan in storm.plans],
        )
    )
    jobs = Counter(
        str(id)
        for (id,) in house.rows(
            "pos",
            "SELECT id FROM retail_pickupjob WHERE order_id = ANY(%s::uuid[])",
            [plan.id for plan in storm.plans],
        )
    )
    assert jobs == promised
    for (count,) in house.rows(
        "pos",
        "SELECT count(*) FROM retail_pickupevent WHERE move = 'hand-over'"
        " GROUP BY job_id",
    ):
        assert count == 1
    for source, target in (("webshop", "pos"), ("pos", "webshop")):
        sent = {
            (str(id), handler)
            for id, kind in house.rows(
                source, "SELECT id, kind FROM retail_outboxmessage"
            )
            for handler in HANDLERS[kind]
        }
        done = Counter(
            (str(id), handler)
            for id, handler in house.rows(
                target,
                # the bank's calls are heard there too, and come by no outbox
                "SELECT message_id, handler FROM retail_inboxmessage"
                " WHERE kind <> 'payment'",
            )
        )
        assert set(done) == sent, "sent is not applied"
        assert set(done.values()) <= {1}


def every_order_stands_somewhere(house: House, storm: Storm) -> Counter[str]:
    """In a legal state, nothing asked and unanswered, and both sides agree on it."""
    ids = [plan.id for plan in storm.plans]
    orders = {
        str(id): (status, requested)
        for id, status, requested in house.rows(
            "webshop",
            "SELECT id, status, requested FROM retail_order WHERE id = ANY(%s::uuid[])",
            ids,
        )
    }
    for id, (status, requested) in orders.items():
        assert status in LEGAL, (storm.by_id[id], status)
        assert not requested, (storm.by_id[id], status, requested)
    promises = {
        str(id): row
        for id, *row in house.rows(
            "webshop",
            "SELECT id, order_id::text, status, job_version FROM retail_fulfilment"
            " WHERE method = 'collect' AND order_id = ANY(%s::uuid[])",
            ids,
        )
    }
    for id, status, version in house.rows(
        "pos",
        "SELECT id::text, status, version FROM retail_pickupjob"
        " WHERE order_id = ANY(%s::uuid[])",
        ids,
    ):
        order, told, heard = promises[id]
        assert heard == version, (storm.by_id[order], status, told)
        # a refused promise is withdrawn by the customer's choice
        gone = told == "cancelled" and status == "rejected"
        assert told == SAME.get(status, status) or gone, (status, told)
        assert status in {move.target for move in PICKUP_MOVES.values()} | {"placed"}
    return Counter(status for status, _ in orders.values())


def every_plan_came_to_its_end(house: House, storm: Storm) -> None:
    """The customers left nobody's order behind: what was to be collected is collected,
    what was to be cancelled is cancelled, and no job is open but those meant to be."""
    ended = {
        str(order): set(states)
        for order, states in house.rows(
            "pos",
            "SELECT order_id, array_agg(status) FROM retail_pickupjob"
            " WHERE order_id = ANY(%s::uuid[]) GROUP BY 1",
            [plan.id for plan in storm.plans],
        )
    }
    for plan in storm.plans:
        states = ended.get(plan.id, set())
        assert not states & set(PICKUP_OPEN), (plan, states)
        if plan.fate in {"collect", "check in", "in parts"} and states:
            assert states == {"collected"}, (plan, states)
        if plan.fate == "expire" and states:
            assert states <= {"restocked"}, (plan, states)


def goods_add_up(house: House, storm: Storm) -> None:
    """What left a store is what its pickups handed over: a model of our own counts the
    units of the jobs, the books the movements."""
    handed = {
        (place, gtin): units
        for place, gtin, units in house.rows(
            "pos",
            "SELECT p.code, l.gtin, sum(l.collected) FROM retail_pickupline l"
            " JOIN retail_pickupjob j ON j.id = l.job_id"
            " JOIN inventory_location p ON p.id = j.location_id"
            " WHERE j.order_id = ANY(%s::uuid[]) GROUP BY 1, 2"
            " HAVING sum(l.collected) > 0",
            [plan.id for plan in storm.plans],
        )
    }
    left = {
        (place, gtin): -units
        for place, gtin, units in house.rows(
            "pos",
            "SELECT p.code, v.gtin, sum(m.quantity) FROM inventory_stockmovement m"
            " JOIN inventory_location p ON p.id = m.location_id"
            " JOIN inventory_variant v ON v.id = m.variant_id"
            " JOIN retail_pickupjob j ON m.reference LIKE j.id::text || '%%'"
            " WHERE m.kind LIKE 'fulfilment%%' AND j.order_id = ANY(%s::uuid[])"
            " GROUP BY 1, 2",
            [plan.id for plan in storm.plans],
        )
    }
    assert left == handed
    held = house.rows(
        "pos",
        "SELECT count(*) FROM inventory_reservation r JOIN retail_pickupjob j"
        " ON r.reference = j.id::text WHERE r.state = 'held'"
        " AND j.order_id = ANY(%s::uuid[])",
        [plan.id for plan in storm.plans],
    )
    assert held == [(0,)]


def money_adds_up(house: House, storm: Storm) -> None:
    """What is kept of each order is what its customer has: goods in hand, and parcels
    on their way with what sending them costs."""
    for id, status, kept, worth in house.rows(
        "webshop",
        """
        SELECT o.id, o.status,
          (SELECT coalesce(sum(greatest(captured, to_take) - refunded + reserved), 0)
           FROM retail_payment WHERE order_id = o.id),
          (SELECT coalesce(sum((l.quantity - l.dropped) * l.unit_price), 0)
           FROM retail_orderline l WHERE l.order_id = o.id)
        FROM retail_order o WHERE o.id = ANY(%s::uuid[])
        """,
        [plan.id for plan in storm.plans],
    ):
        plan = storm.by_id[str(id)]
        if status == "cancelled":
            assert kept == 0, plan
        elif plan.online:
            assert kept == worth, (plan, status, kept, worth)
