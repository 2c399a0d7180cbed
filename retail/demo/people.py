"""The demo's people: staff with their PINs and logins, customers' sign-ins."""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from retail import formatting
from retail.demo.catalogue import rows
from retail.demo.script import act_id
from retail.fulfilment.models import PickupJob
from retail.staff.allauth_adapter import prove_address
from retail.staff.models import Account, Employee, Role

ROUNDS = 1000


@cache
def staff() -> list[dict[str, str]]:
    return list(rows("staff"))


@cache
def customers() -> list[dict[str, str]]:
    return list(rows("people"))


def customer(key: str) -> dict[str, str]:
    return next(row for row in customers() if row["key"] == key)


def birth_date(row: dict[str, str]) -> date | None:
    return date.fromisoformat(row["birth_date"]) if row["birth_date"] else None


def employee_id(key: str) -> UUID:
    return act_id("employee", key)


def cashier_of(store: str) -> dict[str, str]:
    """Who sells and picks in a store of the demo."""
    return works_at(store, "cashier")


def works_at(store: str, role: str) -> dict[str, str]:
    return next(
        row for row in staff() if row["store_code"] == store and row["role"] == role
    )


def shown_at(job: PickupJob, code: str) -> dict[str, Any]:
    """What its customer shows: mostly the code. One in four has not got it, and a
    manager agrees."""
    if job.order_id.int % 4:
        return {"code": code}
    second = by(works_at(job.location.code, "manager"))
    return {"name_checked": True, "reason": "phone_empty", "approved_by": second}


def by(row: dict[str, str]) -> str:
    """How an employee signs an act."""
    return formatting.employee(employee_id(row["key"]), row["first_name"])


def write_staff() -> None:
    """Employees with PIN, and accounts for those who have a login. Those that are
    there already keep what somebody may have changed."""
    for row in staff():
        account = None
        if row["login"]:
            account = Account.objects.filter(login=row["login"]).first()
            if account is None:
                account = Account.objects.create_staff(
                    login=row["login"],
                    password=row["password_hint"],
                    admin=row["role"] == Role.HEAD_OFFICE,
                )
        Employee.objects.get_or_create(
            id=employee_id(row["key"]),
            defaults={
                "account": account,
                "first_name": row["first_name"],
                "role": row["role"],
                "location_code": row["store_code"],
                "pin_hash": _hashed(row["pin"]),
            },
        )


def _hashed(pin: str) -> str:
    """The demo prints its PINs: a million rounds for each would hide nothing, and take
    ten seconds of the first start."""
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(pin, hasher.salt(), iterations=ROUNDS)


def account_of(row: dict[str, str]) -> Account:
    """The sign-in of a customer of the webshop, whose address was proven long ago."""
    found = Account.objects.filter(kind="customer", email=row["email"]).first()
    account = found or Account.objects.create_customer(email=row["email"])
    prove_address(account)
    return account
