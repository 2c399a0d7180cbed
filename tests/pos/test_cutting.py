"""A seller asks less than the price: alone up to a limit, with a manager beyond it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inventory.places import Channel
from pos import approving, cutting
from pos.models import Till
from pos.payloads import Invalid, parse
from pos.selling import record
from retail.channels import use_channel
from tests.levels import SIDES
from tests.pos.test_returning import agreed
from tests.pos.tills import a_ticket, a_till, cash, refused, seal
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def till(shared_only: House) -> Any:
    with use_channel(Channel.POS):
        yield a_till()


def lowered(
    house: House, till: Till, to: str, which: int = 1, units: int = 1, **cut: str
) -> Any:
    """One article at a lower price, paid in cash."""
    payload = a_ticket(house, till, (which, units))
    [line] = payload["lines"]
    total = Decimal(to) * units
    less = {"unit_price": to, "total": f"{total:.2f}"}
    told = {"before": line["unit_price"], "reason": "damaged"} | cut
    return payload | {
        "lines": [line | less | {"cut": told}],
        "tenders": [cash(total)],
        "total": f"{total:.2f}",
    }


def test_a_little_is_the_cashiers_and_is_kept_with_its_reason(
    shared_only: House, till: Till
) -> None:
    payload = seal(lowered(shared_only, till, "9.60"))
    ticket, _ = record(payload, till_id=till.id)
    line = ticket.lines.get()
    assert (line.unit_price, line.price_before, line.cut_reason) == (
        Decimal("9.60"), Decimal("12.00"), "damaged",
    )  # fmt: skip
    assert "cut=1|12.00|damaged" in ticket.canonical
    assert ticket.approved_by_name == ""


def test_much_is_a_managers_and_both_are_kept(shared_only: House, till: Till) -> None:
    payload = seal(lowered(shared_only, till, "9.59"))
    refusal = refused(approving.ApprovalNeeded, payload, till)
    assert (refusal.act, refusal.amount) == ("discount", Decimal("2.41"))
    refused(approving.ApprovalNeeded, agreed(payload, till, "2.41"), till)
    ticket, _ = record(agreed(payload, till, "2.41", act="discount"), till_id=till.id)
    assert (ticket.employee_name, ticket.approved_by_name) == ("Inès", "Marc")


@pytest.mark.parametrize(
    ("to", "units", "asked"), [("11.00", 10, None), ("11.00", 11, "11.00")]
)
def test_many_little_ones_are_much(
    shared_only: House, till: Till, to: str, units: int, asked: str | None
) -> None:
    sale = parse(seal(lowered(shared_only, till, to, units=units)))
    wanted = {"discount": Decimal(asked)} if asked else {}
    assert cutting.needed(sale) == wanted


@pytest.mark.parametrize(
    "cut", [{"before": "9.60"}, {"before": "9.00"}, {"before": "x"}, {"reason": "why"}]
)
def test_what_takes_nothing_off_is_refused(
    shared_only: House, till: Till, cut: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(lowered(shared_only, till, "9.60", **cut))
    assert any(path.startswith("lines.0.cut") for path in refusal.value.errors)
