"""The provider of the demonstration, and refunds that survive a crash."""

from decimal import Decimal

import pytest

from inventory.ids import new_id
from retail.payments import gateway

ASKED = {"amount": Decimal("5.00"), "currency": "EUR"}


def test_the_same_charge_has_the_same_reference():
    id = new_id()
    one = gateway.charge(id=id, token="approve", **ASKED)

    assert one == gateway.charge(id=id, token="approve", **ASKED)
    assert one != gateway.charge(id=new_id(), token="approve", **ASKED)


@pytest.mark.parametrize("token", ["decline", "", "APPROVE", "approve "])
def test_any_other_token_is_declined(token):
    with pytest.raises(gateway.Declined):
        gateway.charge(id=new_id(), token=token, **ASKED)


@pytest.mark.parametrize(
    "asked",
    [
        {"amount": Decimal(0), "currency": "EUR"},
        {"amount": Decimal(-1), "currency": "EUR"},
        {"amount": Decimal(5), "currency": "USD"},
    ],
)
def test_no_other_money_is_taken(asked):
    with pytest.raises(gateway.Declined):
        gateway.charge(id=new_id(), token="approve", **asked)


def test_a_refund_is_known_by_its_id_before_it_is_made():
    id = new_id()

    assert gateway.refund("demo-1", Decimal(1), id=id) == gateway.refund_reference(id)
    with pytest.raises(ValueError, match="nothing"):
        gateway.refund("demo-1", Decimal(0), id=id)
