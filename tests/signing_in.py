"""A browser that is signed in: the client's own `force_login` knows one cookie name."""

from __future__ import annotations

import time
from uuid import UUID

from django.test import Client

from inventory.ids import new_id
from retail.channels.surfaces import SURFACES, SessionStore
from retail.staff.enrolling import enrol
from retail.staff.models import Account, Employee, Role, TillDevice
from retail.staff.permissions import DEVICE_COOKIES
from retail.staff.signing_in import set_pin

PIN = "2580"


def an_employee(
    first_name: str = "Bob",
    *,
    role: Role = Role.CASHIER,
    location: str = "LYO",
    pin: str = PIN,
    account: Account | None = None,
) -> Employee:
    employee = Employee.objects.create(
        first_name=first_name, role=role, location_code=location, account=account
    )
    if pin:
        set_pin(employee, pin)
    return employee


PASSWORD = "un-mot-de-passe-long"


def a_head(login: str = "claire", password: str = PASSWORD) -> Employee:
    """Somebody of head office, with login and password."""
    account = Account.objects.create_staff(login=login, password=password, admin=True)
    return an_employee(
        login.title(), role=Role.HEAD_OFFICE, location="", pin="", account=account
    )


def a_device(
    location: str = "LYO", *, till_id: UUID | None = None
) -> tuple[TillDevice, str]:
    return enrol(
        till_id=till_id or new_id(), location_code=location, name="Caisse 1", by="test"
    )


def session_of(client: Client, surface: str) -> SessionStore:
    """The client's session on that surface, begun if there is none."""
    cookie = f"{surface}_session"
    key = client.cookies[cookie].value if cookie in client.cookies else None
    store = SessionStore(key, surface)
    if key is None:
        store.create()
        path = next(each.path for each in SURFACES if each.name == surface)
        client.cookies[cookie] = store.session_key or ""
        client.cookies[cookie]["path"] = path
    return store


def sign_in(
    client: Client,
    surface: str,
    employee: Employee,
    *,
    token: str = "",
    device: TillDevice | None = None,
) -> None:
    """As a person at work. At till and warehouse with the device's token."""
    store = session_of(client, surface)
    store["employee"] = str(employee.pk)
    if device is not None:
        store["device"] = str(device.pk)
        client.cookies[DEVICE_COOKIES[surface]] = token
    if employee.account is not None and device is None:
        remember(store, employee.account, "StaffBackend")
    store.save()


def sign_in_customer(
    client: Client, account: Account, *, answered_at: float | None = None
) -> None:
    """By a code answered at that moment (seconds), now unless told."""
    store = session_of(client, "shop")
    remember(store, account, "CustomerBackend")
    record = {"method": "code", "at": answered_at or time.time()}
    store["account_authentication_methods"] = [record]
    store["account_authentication_methods_user"] = str(account.pk)
    store.save()


def remember(store: SessionStore, account: Account, backend: str) -> None:
    store["_auth_user_id"] = str(account.pk)
    store["_auth_user_backend"] = f"retail.staff.backends.{backend}"
    store["_auth_user_hash"] = account.get_session_auth_hash()
