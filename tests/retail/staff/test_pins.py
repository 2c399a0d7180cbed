from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from retail.staff.enrolling import revoke
from retail.staff.models import Employee, TillDevice
from retail.staff.signing_in import (
    DEVICE_TRIES,
    LOCK_LASTS,
    TRIES,
    Locked,
    UnknownDevice,
    WeakPin,
    WrongPin,
    check_pin,
    set_pin,
)
from tests.signing_in import PIN, a_device, an_employee

pytestmark = pytest.mark.django_db(databases=["default"])


def test_the_right_pin_at_the_right_place() -> None:
    device, _ = a_device()
    bob = an_employee()
    assert check_pin(device, PIN, employee=bob) == bob
    bob.refresh_from_db()
    assert bob.fails == 0


def test_a_pin_is_kept_as_a_slow_hash() -> None:
    assert PIN not in an_employee().pin_hash


def test_five_wrong_ones_lock_and_time_unlocks() -> None:
    device, _ = a_device()
    bob = an_employee()
    now = timezone.now()
    for left in range(TRIES - 1, -1, -1):
        with pytest.raises(WrongPin) as refusal:
            check_pin(device, "1234", employee=bob, at=now)
        assert refusal.value.left == left
    with pytest.raises(Locked) as locked:
        check_pin(device, PIN, employee=bob, at=now)
    assert locked.value.until == now + LOCK_LASTS
    charlie = an_employee("Charlie")
    assert check_pin(device, PIN, employee=charlie, at=now)  # others go on
    later = now + LOCK_LASTS + timedelta(seconds=1)
    assert check_pin(device, PIN, employee=bob, at=later) == bob


def test_one_pin_over_all_colleagues_locks_the_device() -> None:
    device, _ = a_device()
    staff = [an_employee(f"P{i}") for i in range(DEVICE_TRIES + 1)]
    for each in staff[:DEVICE_TRIES]:
        with pytest.raises(WrongPin):
            check_pin(device, "1234", employee=each)
    with pytest.raises(Locked):
        check_pin(device, PIN, employee=staff[-1])
    other, _ = a_device()
    assert check_pin(other, PIN, employee=staff[-1])


def test_no_pin_is_looked_at_without_an_enrolled_device() -> None:
    device, _ = a_device()
    bob = an_employee()
    revoke(device)
    for each in (None, device):
        with pytest.raises(UnknownDevice):
            check_pin(each, PIN, employee=bob)
    bob.refresh_from_db()
    assert bob.fails == 0


def test_not_at_another_store_nor_after_leaving() -> None:
    device, _ = a_device("PAR")
    bob = an_employee(location="LYO")
    gone = an_employee("Gone", location="PAR")
    Employee.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    for each in (bob, gone):
        with pytest.raises(WrongPin):
            check_pin(device, PIN, employee=each)


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "0000", "١٢٣٤"])
def test_weak_pins_are_refused(pin: str) -> None:
    bob = an_employee(pin="")
    with pytest.raises(WeakPin):
        set_pin(bob, pin)
    bob.refresh_from_db()
    assert bob.pin_hash == ""


@pytest.mark.django_db(databases=["default"], transaction=True)
def test_a_hundred_at_once_get_five_answers() -> None:
    device, _ = a_device()
    bob = an_employee()
    outcomes: list[str] = []
    start = Barrier(10)

    def attack() -> None:
        start.wait()
        for _ in range(10):
            try:
                check_pin(device, "1234", employee=bob)
            except (WrongPin, Locked) as refusal:
                outcomes.append(type(refusal).__name__)
        connections.close_all()

    threads = [Thread(target=attack) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("WrongPin") == TRIES
    assert outcomes.count("Locked") == 100 - TRIES
    assert Employee.objects.get(pk=bob.pk).fails == TRIES
    assert TillDevice.objects.get(pk=device.pk).fails <= DEVICE_TRIES
