# ruff: noqa: S608 - violations in our own words
"""Each check catches the violation it is for: a check that never fired is no check. The
owner makes it, with constraints and triggers out of the way, and rolls it back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from inventory.books import Check
from inventory.places import Channel
from retail.channels import use_channel
from retail.fulfilment import books as fulfilment_books
from retail.fulfilment import pickup
from retail.messages import books as messages_books
from tests.builders import (
    a_parcel_order,
    a_pickup_order,
    a_ready_pickup,
    bob,
    code_of,
    paid_at_counter,
    shipped,
)
from tests.inventory.owner import as_owner
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)

CHECKS = {
    check.name: check for check in [*fulfilment_books.CHECKS, *messages_books.CHECKS]
}
EVENTS = (
    "ALTER TABLE retail_pickupevent DISABLE TRIGGER USER;"
    "ALTER TABLE retail_shipevent DISABLE TRIGGER USER;"
    "ALTER TABLE retail_pickupevent DROP CONSTRAINT retail_pickupevent_pkey;"
)
AN_EVENT = (
    "INSERT INTO retail_pickupevent"
    " (id, origin, job_id, move, before, after, at, by, data)"
    " SELECT gen_random_uuid(), origin, id, {move}, {before}, {after}, now(), '', '{{}}'"
    " FROM retail_pickupjob WHERE status = '{status}';"
)
AN_INBOX = (
    "INSERT INTO retail_inboxmessage"
    " (id, origin, message_id, kind, subject, version, handler, handled_at)"
    " SELECT gen_random_uuid(), 'pos', '00000000-0000-0000-0000-000000000001', 'k',"
    " gen_random_uuid(), 1, 'h', now() FROM generate_series(1, {count});"
)
AN_OUTBOX = (
    'INSERT INTO retail_outboxmessage (id, origin, kind, "to", subject, version,'
    " payload, made_at, due_at, sent_at, attempts, last_error, dead_at)"
    " VALUES (gen_random_uuid(), 'webshop', 'k', 'pos',"
    " '00000000-0000-0000-0000-000000000001', {version}, '{{}}', {made}, now(),"
    " {sent}, {attempts}, '', {dead});"
)


def outbox(
    version: int = 1,
    *,
    made: str = "now()",
    sent: str = "now()",
    attempts: int = 0,
    dead: str = "NULL",
) -> str:
    return AN_OUTBOX.format(
        version=version, made=made, sent=sent, attempts=attempts, dead=dead
    )


def event(move: str, before: str, after: str, *, status: str) -> str:
    return AN_EVENT.format(
        move=f"'{move}'", before=f"'{before}'", after=f"'{after}'", status=status
    )


# (check, what the owner does, whether the check must find something then)
CASES: list[tuple[str, str, bool]] = [
    (
        "no-more-than-ordered",
        (
            "ALTER TABLE retail_fulfilmentline DROP CONSTRAINT fulfilled_within_ordered;"
            "UPDATE retail_fulfilmentline SET fulfilled = quantity + 1"
        ),
        True,
    ),
    (
        "no-more-than-ordered",
        "UPDATE retail_orderline SET dropped = quantity",
        True,
    ),
    (
        "states-moved-legally",
        event("ready", "placed", "ready", status="placed"),
        True,
    ),
    (
        "states-moved-legally",
        event("jump", "placed", "accepted", status="placed"),
        True,
    ),
    (
        "states-moved-legally",
        EVENTS + "UPDATE retail_shipevent SET after = 'delivered' WHERE move = 'ship'",
        True,
    ),
    (
        "states-moved-one-way",
        event("accept", "placed", "accepted", status="placed"),
        True,
    ),
    (
        "states-moved-one-way",
        EVENTS + "DELETE FROM retail_pickupevent WHERE move = 'ready'",
        True,
    ),
    (
        "states-moved-one-way",
        EVENTS + "DELETE FROM retail_shipevent WHERE move = 'pack'",
        True,
    ),
    (
        "job-status-is-derived",
        "UPDATE retail_pickupjob SET status = 'ready' WHERE status = 'placed'",
        True,
    ),
    (
        "job-status-is-derived",
        "UPDATE retail_shipjob SET version = version + 1",
        True,
    ),
    (
        "pickup-used-once-rightly",
        EVENTS + event("hand-over", "ready", "collected", status="collected"),
        True,
    ),
    (
        "pickup-used-once-rightly",
        EVENTS + "DELETE FROM retail_pickupevent WHERE move = 'ready'",
        True,
    ),
    (
        "pickup-used-once-rightly",
        (
            "ALTER TABLE inventory_stockmovement DISABLE TRIGGER USER;"
            "UPDATE inventory_stockmovement SET location_id ="
            " (SELECT id FROM inventory_location WHERE code = 'M02')"
            " WHERE reference IN (SELECT id::text FROM retail_pickupjob)"
        ),
        True,
    ),
    (
        "pickup-used-once-rightly",
        (
            "ALTER TABLE retail_pickupline DROP CONSTRAINT picked_within_ordered;"
            "UPDATE retail_pickupline SET collected = picked + 1"
        ),
        True,
    ),
    (
        "pickup-codes-apart",
        (
            "DROP INDEX one_open_pickup_per_code;"
            "UPDATE retail_pickupjob SET code_hash = 'same'"
        ),
        True,
    ),
    (
        "slots-are-their-promises",
        "UPDATE retail_pickupslot SET taken = taken + 1",
        True,
    ),
    ("slots-are-their-promises", "DELETE FROM retail_pickupslot", True),
    (
        "slots-are-their-promises",
        "UPDATE retail_fulfilment SET slot_start = NULL WHERE slot_start IS NOT NULL",
        True,
    ),
    (
        "slots-are-their-promises",
        "UPDATE retail_fulfilment SET status = 'cancelled' WHERE method = 'collect'",
        True,
    ),
    ("one-effect-per-handler", AN_INBOX.format(count=1), False),
    (
        "one-effect-per-handler",
        "ALTER TABLE retail_inboxmessage DROP CONSTRAINT handled_once;"
        + AN_INBOX.format(count=2),
        True,
    ),
    ("outbox-drains", outbox(sent="NULL"), False),
    (
        "outbox-drains",
        outbox(sent="NULL", made="now() - interval '61 seconds'"),
        True,
    ),
    ("outbox-drains", outbox(made="now() - interval '61 seconds'"), False),
    ("versions-complete", outbox(3) + outbox(4), False),
    ("versions-complete", outbox(1) + outbox(3), True),
    (
        "versions-complete",
        "ALTER TABLE retail_outboxmessage DROP CONSTRAINT message_numbered_once;"
        + outbox(1)
        + outbox(1)
        + outbox(3),
        True,
    ),
    ("dead-letters-seen", outbox(sent="NULL", attempts=7), False),
    ("dead-letters-seen", outbox(sent="NULL", attempts=8, dead="now()"), True),
    ("dead-letters-seen", outbox(sent="NULL", attempts=8), True),
]


def violations(
    owner: psycopg.Connection[tuple[Any, ...]], check: Check
) -> list[tuple[Any, ...]]:
    return owner.execute(check.sql).fetchall()


def test_each_check_finds_its_violation_and_nothing_else(shared_only: House) -> None:
    a_pickup_order(shared_only)
    a_pickup_order(shared_only)
    gone = a_ready_pickup(shared_only)
    paid_at_counter(gone)
    bob(pickup.hand_over, gone, code=code_of(gone))
    shipped(a_parcel_order(shared_only))
    with as_owner("shared") as owner:
        for check in CHECKS.values():
            assert violations(owner, check) == [], check.name
    for name, act, found in CASES:
        with as_owner("shared") as owner:
            owner.execute(act)
            rows = violations(owner, CHECKS[name])
            assert bool(rows) == found, (name, act, rows)
    assert {name for name, _, found in CASES if found} == set(CHECKS)


def test_the_books_hold_apart(apart: House) -> None:
    order = a_ready_pickup(apart)
    paid_at_counter(order)
    bob(pickup.hand_over, order, code=code_of(order))
    shipped(a_parcel_order(apart))
    for channel in Channel:
        with use_channel(channel), as_owner(channel) as owner:
            for check in CHECKS.values():
                assert violations(owner, check) == [], check.name
