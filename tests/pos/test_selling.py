"""What a till sold is booked once, with all its effects, or refused with none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from inventory.places import Channel
from pos import selling, shifts
from pos.models import Shift, Ticket, Till
from pos.selling import record
from pos.tickets import genesis
from retail.channels import atomic, use_channel
from tests.builders import (
    stock_of,
)
from tests.levels import SIDES
from tests.pos.tills import (
    AT,
    SAMIR,
    a_ticket,
    a_till,
    chloe,
    closed,
    everything,
    refused,
    seal,
    sold,
)
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def till(both_levels: House) -> Iterator[Till]:
    """Inès has opened it; the stores are pinned."""
    with use_channel(Channel.POS):
        yield a_till()


def test_a_sale_is_booked_with_its_goods_and_its_tax(
    both_levels: House, till: Till
) -> None:
    payload = a_ticket(both_levels, till, (0, 2), (1, 1))

    ticket, new = record(payload, till_id=till.id)

    assert new
    assert (ticket.number, ticket.previous_hash) == (1, genesis(till.id))
    assert (ticket.total, ticket.tax) == (Decimal("18.80"), Decimal("0.98"))
    assert (ticket.employee_name, ticket.origin) == ("Inès", "pos")
    assert [(line.quantity, line.total) for line in ticket.lines.order_by("position")]
    assert ticket.tenders.get().amount == Decimal("18.80")
    assert stock_of(both_levels, "M01", 0) == (1, 0)
    assert stock_of(both_levels, "M01", 1) == (2, 0)
    till.refresh_from_db()
    assert (till.last_number, till.last_hash) == (1, ticket.hash)


def test_the_same_ticket_again_has_no_second_effect(
    both_levels: House, till: Till
) -> None:
    payload = a_ticket(both_levels, till, customer=str(chloe().id))
    first, _ = record(payload, till_id=till.id)
    sold(both_levels, till)  # the chain went on meanwhile
    before = everything()

    again, new = record(payload, till_id=till.id)

    assert (again.id, new) == (first.id, False)
    assert everything() == before


def test_the_same_id_with_another_content_is_refused(
    both_levels: House, till: Till
) -> None:
    ticket = sold(both_levels, till)
    refused(
        selling.IdReused,
        a_ticket(both_levels, till, (0, 2), id=str(ticket.id)),
        till,
    )


def test_a_hash_of_another_text_is_refused(both_levels: House, till: Till) -> None:
    payload = a_ticket(both_levels, till, employee=str(SAMIR), sealed=False)
    refused(selling.WrongHash, payload, till)


@pytest.mark.parametrize("broken", ["number", "previous_hash"])
def test_a_ticket_out_of_its_place_is_told_the_right_one(
    both_levels: House, till: Till, broken: str
) -> None:
    tip = sold(both_levels, till)
    wrong = {"number": 3} if broken == "number" else {"previous_hash": "a" * 64}

    refusal = refused(selling.ChainBroken, a_ticket(both_levels, till, **wrong), till)

    assert (refusal.number, refusal.previous_hash) == (2, tip.hash)


def test_a_chain_cannot_fork(both_levels: House, till: Till) -> None:
    one, other = a_ticket(both_levels, till), a_ticket(both_levels, till)
    record(one, till_id=till.id)
    refused(selling.ChainBroken, other, till)


def test_a_ticket_of_another_till_is_refused(both_levels: House, till: Till) -> None:
    payload = a_ticket(both_levels, till)
    refused(selling.NotThisTill, payload, a_till(number=2))


def test_unknown_articles_are_named(both_levels: House, till: Till) -> None:
    payload = a_ticket(both_levels, till)
    payload["lines"][0]["gtin"] = "96385074"
    refusal = refused(selling.UnknownProduct, seal(payload), till)
    assert refusal.gtins == ["96385074"]


def test_what_is_no_ticket_changes_nothing(both_levels: House, till: Till) -> None:
    payload = a_ticket(both_levels, till) | {"total": "3.39"}
    assert "total" in refused(selling.Invalid, payload, till).errors


class TestShift:
    def test_nobody_sells_at_a_closed_till(
        self, both_levels: House, till: Till
    ) -> None:
        shift = shifts.current(till.id)
        assert shift is not None
        closed(shift, at=shift.opened_at)
        payload = a_ticket(both_levels, till, sold_at="2026-11-24T12:00:00.000Z")
        refused(selling.NoShift, payload, till)

    def test_nobody_sells_in_a_colleague_s_shift(
        self, both_levels: House, till: Till
    ) -> None:
        payload = a_ticket(both_levels, till, employee=str(SAMIR))
        refused(selling.NoShift, payload, till)

    def test_a_ticket_that_comes_late_belongs_to_the_shift_it_was_sold_in(
        self, both_levels: House, till: Till
    ) -> None:
        payload = a_ticket(both_levels, till)
        own = Shift.objects.get()
        closed(own, at=AT + timedelta(hours=1))
        shifts.open_shift(till, employee_id=SAMIR, employee_name="Samir")

        ticket, _ = record(payload, till_id=till.id)

        assert (ticket.shift, ticket.employee_name) == (own, "Inès")

    def test_a_till_is_opened_by_one_person_at_a_time(self, till: Till) -> None:
        with pytest.raises(shifts.AlreadyOpen) as refusal:
            shifts.open_shift(till, employee_id=SAMIR, employee_name="Samir")
        assert refusal.value.shift.employee_name == "Inès"


def test_numbers_go_on_without_a_gap_after_refusals(
    both_levels: House, till: Till
) -> None:
    sold(both_levels, till)
    refused(selling.ChainBroken, a_ticket(both_levels, till, number=9), till)
    sold(both_levels, till)
    assert list(Ticket.objects.order_by("number").values_list("number", flat=True)) == [
        1,
        2,
    ]


def test_tills_have_chains_of_their_own(both_levels: House, till: Till) -> None:
    other = a_till(number=2)
    sold(both_levels, till)
    assert sold(both_levels, other).number == 1


def test_a_shift_is_closed_once(till: Till) -> None:
    shift = shifts.current(till.id)
    assert shift is not None
    assert closed(shift)
    assert not closed(shift)
    with atomic():
        assert shifts.current(till.id) is None
    assert isinstance(shift.id, UUID)
