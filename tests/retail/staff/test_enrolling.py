from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.ids import new_id
from retail.staff.enrolling import (
    CODE_LASTS,
    WrongCode,
    device_for,
    enrol,
    offer,
    redeem,
    revoke,
)
from retail.staff.models import TillDevice

pytestmark = pytest.mark.django_db(databases=["default"])
PLACE = {"location_code": "LYO", "name": "Caisse 1"}


def test_a_device_is_known_by_its_token_until_revoked() -> None:
    device, token = enrol(till_id=new_id(), by="claire", **PLACE)
    assert device_for(token) == device
    assert token not in device.token_hash
    revoke(device)
    assert device_for(token) is None
    first = device.revoked_at
    revoke(device)
    assert device.revoked_at == first


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\x00", "é"])
def test_any_other_token_is_nobody(token: str) -> None:
    enrol(till_id=new_id(), by="claire", **PLACE)
    assert device_for(token) is None


def test_a_code_enrols_one_device() -> None:
    till = new_id()
    _row, code = offer(till_id=till, by="claire", **PLACE)
    device, token = redeem(f" {code[:3]} {code[3:6].lower()}-{code[6:]}")
    assert (device.till_id, device.location_code) == (till, "LYO")
    assert device_for(token) == device
    with pytest.raises(WrongCode):
        redeem(code)
    assert TillDevice.objects.count() == 1


def test_an_old_or_wrong_code_enrols_none() -> None:
    _row, code = offer(till_id=None, by="claire", **PLACE)
    with pytest.raises(WrongCode):
        redeem(code, at=timezone.now() + CODE_LASTS + timedelta(seconds=1))
    with pytest.raises(WrongCode):
        redeem("ABCDEFGHJ")
    assert TillDevice.objects.count() == 0
