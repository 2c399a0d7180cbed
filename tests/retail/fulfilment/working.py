"""Browsers of the people who work at a place, for tests of its pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from inventory.ids import new_id
from retail.fulfilment.mounts import STORE, WAREHOUSE, Mount
from retail.staff.models import Role
from tests.signing_in import a_device, an_employee, sign_in

MISSING = object()


def at(
    location: str,
    *,
    name: str = "Bob",
    role: Role = Role.CASHIER,
    surface: str = "pos",
) -> Client:
    """Somebody at work there, in a browser of their own."""
    client = Client(headers={"accept-language": "en"})
    device, token = a_device(location)
    employee = an_employee(name, role=role, location=location)
    sign_in(client, surface, employee, token=token, device=device)
    return client


def bob(location: str = "M01") -> Client:
    return at(location)


def manager(location: str = "M01") -> Client:
    return at(location, name="Ada", role=Role.MANAGER)


def noe(location: str = "W01") -> Client:
    return at(location, name="Noé", role=Role.WAREHOUSE, surface="warehouse")


def job_url(job_id: UUID, mount: Mount = STORE) -> str:
    return reverse(mount.job, args=[job_id])


def do(
    client: Client,
    job_id: UUID,
    move: str,
    *,
    mount: Mount = STORE,
    event: Any = MISSING,
    headers: dict[str, str] | None = None,
    **typed: Any,
) -> Any:
    """The form of a move, sent. With an id of its own unless given."""
    typed = {"event": str(new_id()) if event is MISSING else event, **typed}
    typed = {name.replace("line_", "line-"): value for name, value in typed.items()}
    url = reverse(mount.job_move, args=[job_id, move])
    return client.post(url, typed, headers=headers or {})


def page(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


__all__ = ["STORE", "WAREHOUSE", "at", "bob", "do", "job_url", "manager", "noe", "page"]
