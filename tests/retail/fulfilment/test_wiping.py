"""Names leave the work some days after it ended, in jobs and in messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from inventory.ids import new_id
from retail.channels import Channel, open_databases, use_channel
from retail.fulfilment import pickup, shipping, tasks, wiping
from retail.fulfilment.models import PickupJob
from retail.messages.models import OutboxMessage
from retail.orders.models import Order
from tests.builders import (
    BOB,
    a_parcel_order,
    a_pickup_order,
    a_ready_pickup,
    bob,
    job_of,
    parcel_of,
    shipped,
)
from tests.levels import SIDES
from tests.retail.orders.house import House, everything

pytestmark = pytest.mark.django_db(databases=SIDES)
NAME, COLLECTOR, STREET = "Zéphyrine", "Philomène", "3 rue des Capucins"


def sweep(later: timedelta) -> int:
    now: datetime = timezone.now() + later
    wiped = 0
    for database in open_databases():
        with use_channel(Channel.POS if database == "pos" else Channel.WEBSHOP):
            wiped += wiping.wipe_here(now)
    return wiped


def tables_that_say(*words: str) -> set[str]:
    """Every business table of each open database with a row in which a word stands."""
    return {
        table.partition(".")[0] + "." + table.partition(".")[2].removeprefix("retail_")
        for table, rows in everything(*open_databases()).items()
        if any(word in str(row) for row in rows for word in words)
    }


def web(*tables: str) -> set[str]:
    """Where the order itself lies."""
    return {f"{open_databases()[0]}.{table}" for table in tables}


def collected(house: House) -> Order:
    order = a_ready_pickup(house, first_name=NAME, collector=COLLECTOR)
    job = job_of(order)
    with use_channel(Channel.POS):
        pickup.pay_at_counter(
            order.id,
            location=job.location,
            amount=job.due,
            ticket_id=new_id(),
            by=BOB,
        )
    bob(pickup.hand_over, order, name_checked=True)
    return order


def test_after_a_week_only_the_order_knows_who_it_was(both_levels: House) -> None:
    order = collected(both_levels)
    assert tables_that_say(NAME, COLLECTOR) > web("order", "fulfilment")
    assert sweep(timedelta(days=6)) == 0
    assert sweep(timedelta(days=8)) > 0
    left = tables_that_say(NAME, COLLECTOR) - web("notice")
    assert left == web("order", "fulfilment")
    job = job_of(order)
    assert (job.customer_name, job.code_hash, job.collector_hash) == ("", "", "")
    assert job.wiped_at is not None
    assert sweep(timedelta(days=9)) == 0


def test_what_is_open_keeps_its_names(both_levels: House) -> None:
    waits = a_ready_pickup(both_levels, first_name=NAME)
    expired = a_ready_pickup(both_levels, first_name=NAME)
    bob(pickup.expire, expired)
    assert sweep(timedelta(days=30)) == 0
    assert NAME in job_of(waits).customer_name
    assert NAME in job_of(expired).customer_name
    bob(pickup.restock, expired)
    assert sweep(timedelta(days=30)) > 0
    assert NAME in job_of(waits).customer_name
    assert job_of(expired).customer_name == ""


def test_a_message_under_way_is_left_alone(apart: House) -> None:
    """The store has not heard of the pickup yet: the request needs its name."""
    order = a_pickup_order(apart, heard=False, first_name=NAME)
    order.fulfilments.update(status="cancelled")
    assert sweep(timedelta(days=30)) == 0
    message = OutboxMessage.objects.get(kind="pickup.requested")
    assert NAME in message.payload["customer_name"]
    OutboxMessage.objects.update(dead_at=timezone.now(), act="aside")
    assert sweep(timedelta(days=30)) == 1
    message.refresh_from_db()
    assert not set(wiping.IN_MESSAGES) & set(message.payload)
    assert message.payload["order_number"] == order.number


def test_a_parcel_forgets_after_three_months(both_levels: House) -> None:
    order = shipped(a_parcel_order(both_levels))
    shipping.deliver(parcel_of(order), by=BOB, event_id=new_id())
    unmarked = shipped(a_parcel_order(both_levels))
    waits = a_parcel_order(both_levels)
    assert sweep(timedelta(days=89)) == 0
    assert sweep(timedelta(days=91)) == 2
    for gone in (order, unmarked):
        job = parcel_of(gone)
        assert (job.customer_name, job.address) == ("", {})
    assert parcel_of(waits).address["line1"] == STREET
    assert sweep(timedelta(days=92)) == 0


def test_the_days_are_settings(both_levels: House, settings: Any) -> None:
    settings.PICKUP_NAMES_KEPT_DAYS = 1
    collected(both_levels)
    assert sweep(timedelta(days=2)) > 0


def test_the_sweep_looks_at_each_open_database(both_levels: House) -> None:
    order = collected(both_levels)
    assert tasks.wipe_names() == 0
    with use_channel(Channel.POS):
        PickupJob.objects.update(finished_at=timezone.now() - timedelta(days=8))
    assert tasks.wipe_names() == 1
    assert job_of(order).customer_name == ""


def test_the_sweep_reads_no_whole_table(apart: House) -> None:
    """Old messages are many: those that still name somebody are found by an index."""
    with connections["webshop"].cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN " + wiping.MESSAGES,
            {
                "before": timezone.now(),
                "keys": list(wiping.IN_MESSAGES),
                "ended": wiping.ENDED,
                "most": 500,
            },
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "outbox_names" in plan
