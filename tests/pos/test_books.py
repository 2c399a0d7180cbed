"""Each check of the tills catches the violation it is for, and nothing can be changed
by anybody who is not the owner of the tables with their guards taken off."""

from __future__ import annotations

import psycopg
import pytest

from inventory.places import Channel
from pos.books import CHECKS
from pos.models import Shift, Ticket
from pos.selling import record
from retail import books
from retail.channels import use_channel
from tests.builders import a_ready_pickup, job_of
from tests.inventory.owner import as_owner
from tests.levels import SIDES
from tests.pos.tills import (
    a_refund,
    a_till,
    a_web_order_ticket,
    chloe,
    closed,
    sold,
    taken_out,
)
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)

LOOSENED = """
ALTER TABLE pos_ticket DISABLE TRIGGER USER;
ALTER TABLE pos_ticketline DISABLE TRIGGER USER;
ALTER TABLE pos_tender DISABLE TRIGGER USER;
ALTER TABLE pos_return DISABLE TRIGGER USER;
ALTER TABLE pos_closing DISABLE TRIGGER USER;
ALTER TABLE pos_closingtender DISABLE TRIGGER USER;
ALTER TABLE pos_cashmove DISABLE TRIGGER USER;
ALTER TABLE pos_ticket DROP CONSTRAINT ticket_number_once;
ALTER TABLE pos_ticket DROP CONSTRAINT ticket_chain_never_forks;
"""
VIOLATIONS = [
    ("I27", "UPDATE pos_ticket SET number = number + 1"),
    ("I27", "UPDATE pos_ticket SET number = 2 WHERE number = 3"),
    ("I27", "UPDATE pos_ticket SET number = 9 WHERE number = 4"),
    ("I29", "UPDATE pos_ticket SET hash = repeat('a', 64) WHERE number = 2"),
    ("I29", "UPDATE pos_ticket SET previous_hash = repeat('a', 64) WHERE number = 1"),
    ("I29", "UPDATE pos_ticket SET canonical = canonical || ' ' WHERE number = 2"),
    ("I29", "UPDATE pos_ticket SET total = total + 1 WHERE number = 2"),
    ("I29", "UPDATE pos_ticket SET sold_at = sold_at + interval '1 day'"),
    ("I29", "UPDATE pos_ticketline SET quantity = 2, total = total * 2"),
    ("I29", "UPDATE pos_tender SET method = 'cash' WHERE method = 'card'"),
    ("I29", "UPDATE pos_till SET last_hash = repeat('a', 64) WHERE last_number > 0"),
    ("I14", "UPDATE pos_ticket SET total = total + 1"),
    ("I14", "UPDATE pos_ticketline SET total = total + 1"),
    ("I14", "UPDATE pos_tender SET amount = amount + 1, given = given + 1"),
    ("I14", "DELETE FROM pos_tender"),
    ("I29", "UPDATE pos_return SET reason = 'faulty'"),
    ("I31", "UPDATE pos_closing SET first_number = 2, tickets = tickets - 1"),
    ("I31", "UPDATE pos_closing SET perpetual = perpetual + 1"),
    ("I31", "UPDATE pos_closing SET total = total + 1, sold = sold + 1"),
    ("I31", "UPDATE pos_closingtender SET expected = 1 WHERE method = 'cash'"),
    ("I31", "DELETE FROM pos_cashmove"),
    ("I29", "UPDATE pos_ticketline SET price_before = 99, cut_reason = 'date'"),
    ("I53", "UPDATE pos_return SET quantity = 2"),
    ("I53", "UPDATE pos_return SET sale_id = ticket_id"),
    ("I53", "DELETE FROM pos_return"),
    ("I53", "UPDATE pos_tender SET method = 'card' WHERE amount < 0"),
]


def sales(house: House) -> None:
    """Three sales, one of them to a customer who brings something back, a web order,
    the drawer closed after them, and a till that sold none."""
    order = a_ready_pickup(house, (1, 1))
    with use_channel(Channel.POS):
        till = a_till()
        sold(house, till, (0, 1))
        sold(house, till, (0, 1), (2, 1), customer=str(chloe().id))
        sold(house, till, (1, 1))
        ticket = a_web_order_ticket(till, job_of(order))
        record(ticket, till_id=till.id)
        back = a_refund(till, Ticket.objects.get(number=2), (1, 1))
        record(back, till_id=till.id)
        shift = Shift.objects.get()
        taken_out(shift, "5.00")
        assert closed(shift)
        a_till(number=2)


def test_each_check_catches_its_violation(both_levels: House) -> None:
    """One test, because its tickets are committed and cloning takes time."""
    alias = "pos" if both_levels.level == "cross-channel" else "shared"
    sales(both_levels)
    found = [books.run(check, alias) for check in CHECKS]
    assert [result for result in found if result.rows] == []

    by_id = {check.id: check for check in CHECKS}
    for check_id, violation in VIOLATIONS:
        with as_owner(alias) as owner:
            owner.execute(LOOSENED)
            owner.execute(violation)  # type: ignore[call-overload]
            caught = owner.execute(by_id[check_id].sql).fetchall()  # type: ignore[call-overload]
        assert caught, (check_id, violation)

    for table in (
        "pos_ticket", "pos_ticketline", "pos_tender", "pos_return", "pos_closing",
        "pos_closingtender", "pos_cashmove",
    ):  # fmt: skip
        for act in (
            f"UPDATE {table} SET origin = origin",  # noqa: S608
            f"DELETE FROM {table}",  # noqa: S608
            f"TRUNCATE {table} CASCADE",
        ):
            with as_owner(alias) as owner, pytest.raises(psycopg.Error) as refusal:
                owner.execute(act)  # type: ignore[call-overload]
            assert refusal.value.sqlstate == "RT002", act


def test_every_check_has_a_violation() -> None:
    assert {check_id for check_id, _ in VIOLATIONS} == {check.id for check in CHECKS}
