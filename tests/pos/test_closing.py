"""The drawer: what should be in it, what was counted, and closings that follow on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from pos import closing, shifts
from pos.ids import IdReused
from pos.models import CashMove, Closing, Shift
from retail.channels import use_channel
from retail.staff.models import Role
from tests.levels import SIDES
from tests.pos.counter import Counter, at_till, queries
from tests.pos.tills import (
    AT,
    INES,
    SAMIR,
    a_refund,
    a_ticket,
    a_till,
    by_card,
    closed,
    record,
    sold,
    taken_out,
)
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_closings_follow_each_other_by_number(shared_only: House) -> None:
    """100 € to begin with, a card sale, cash in and out, and a ticket that came late."""
    with use_channel(Channel.POS):
        till = a_till(opened=False)
        shift = shifts.open_shift(
            till, employee_id=INES, employee_name="Inès", cash=Decimal(100), at=AT
        )
        sale = sold(shared_only, till, (0, 2))
        sold(shared_only, till, (1, 1), tenders=[by_card(Decimal("12.00"))])
        record(a_refund(till, sale, (1, 1)), till_id=till.id)
        once = new_id()
        taken_out(shift, "50.00", id=once)
        taken_out(shift, "50.00", id=once)
        late = a_ticket(shared_only, till)
        given: Any = {"employee_id": INES, "employee_name": "Inès", "id": new_id()}
        counted = {"cash": Decimal("53.00"), "card": Decimal("12.00")}
        at = AT + timedelta(hours=1)

        first = closing.close(shift, counted=counted, at=at, **given)
        assert closing.close(shift, counted={}, **given) == first
        with pytest.raises(IdReused):
            taken_out(shift, "51.00", id=once)
        with pytest.raises(closing.AlreadyClosed):
            taken_out(shift, "1.00")

        assert (first.number, first.first_number, first.last_number) == (1, 1, 3)
        assert (first.sold, first.refunded) == (Decimal("18.80"), Decimal("-3.40"))
        assert {
            tender.method: (tender.expected, tender.counted)
            for tender in first.tenders.all()
        } == {
            "cash": (Decimal("53.40"), Decimal("53.00")),
            "card": (Decimal("12.00"), Decimal("12.00")),
        }
        record(late, till_id=till.id)  # of the closed shift, in the next period
        second = shifts.open_shift(till, employee_id=SAMIR, employee_name="Samir")
        assert closed(second)
        then = Closing.objects.get(number=2)
        assert (then.first_number, then.tickets) == (4, 1)
        assert (then.total, then.perpetual) == (Decimal("3.40"), Decimal("18.80"))
        assert set(then.tenders.values_list("counted", flat=True)) == {None}


@pytest.fixture
def counter(apart: House) -> Counter:
    return at_till(apart)


def counted(shift: Shift, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "shift": str(shift.id),
        "counted": {"cash": "0.00", "card": "0.00"},
    } | changes


def shift_at(counter: Counter) -> Shift:
    with use_channel(Channel.POS):
        found = shifts.current(counter.till.id)
    assert found is not None
    return found


class TestPages:
    def test_the_drawer_is_counted_and_closed(self, counter: Counter) -> None:
        move = {"id": str(new_id()), "way": "in", "amount": "20.00", "reason": "Coins"}
        assert counter.send("POST", "shift/cash", move).status_code == 200
        body = counted(shift_at(counter), counted={"cash": "19.50", "card": "0.00"})
        _, side, answer = queries(
            counter, lambda: counter.send("POST", "shift/close", body)
        )
        assert side == 15
        told = answer.json()
        assert (told["kind"], told["number"], told["cash_in"]) == ("Z", 1, "20.00")
        assert {each["method"]: each["difference"] for each in told["tenders"]} == {
            "cash": "-0.50", "card": "0.00",
        }  # fmt: skip
        assert counter.send("POST", "shift/cash", move).status_code == 409

    def test_who_counts_does_not_know_what_should_be_there(
        self, apart: House, counter: Counter
    ) -> None:
        assert counter.get("shift/report").status_code == 403

    def test_a_manager_sees_it_and_closes_anybodys(self, apart: House) -> None:
        manager = at_till(apart, role=Role.MANAGER)
        with use_channel(Channel.POS):
            Shift.objects.update(employee_id=SAMIR, employee_name="Samir")
        told = manager.get("shift/report").json()
        assert (told["kind"], told["employee"], told["last"]) == ("X", "Samir", 0)
        body = counted(shift_at(manager))
        assert manager.send("POST", "shift/close", body).status_code == 200

    def test_a_colleagues_shift_is_not_closed(self, counter: Counter) -> None:
        with use_channel(Channel.POS):
            Shift.objects.update(employee_id=SAMIR)
        body = counted(shift_at(counter))
        assert counter.send("POST", "shift/close", body).status_code == 403
        assert shift_at(counter).closed_at is None

    @pytest.mark.parametrize(
        ("path", "changes"),
        [
            ("shift/cash", {"amount": "0.00"}),
            ("shift/cash", {"amount": "-5.00"}),
            ("shift/cash", {"reason": "  "}),
            ("shift/cash", {"way": "up"}),
            ("shift/close", {"counted": {"cash": "1.00"}}),
            ("shift/close", {"counted": {"cash": "NaN", "card": "0.00"}}),
            ("shift", {"cash": "1e9"}),
        ],
    )
    def test_what_is_no_count_is_refused(
        self, counter: Counter, path: str, changes: dict[str, Any]
    ) -> None:
        body = counted(shift_at(counter)) | {
            "way": "out", "amount": "5.00", "reason": "Bank",
        }  # fmt: skip
        assert counter.send("POST", path, body | changes).status_code == 400
        with use_channel(Channel.POS):
            assert not CashMove.objects.exists()
            assert not Closing.objects.exists()
