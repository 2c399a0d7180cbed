"""A browser at a till with Inès signed in, and what it asks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.places import Channel
from pos import shifts
from pos.models import Till
from retail.channels import use_channel
from retail.staff.models import Employee, Role, TillDevice
from tests.pos.tills import a_ticket, a_till
from tests.retail.orders.house import House
from tests.signing_in import a_device, an_employee, sign_in

JSON = "application/json"


@dataclass
class Counter:
    """A browser at a till: who stands there, and what it may ask."""

    client: Client
    till: Till
    employee: Employee
    device: TillDevice
    database: str

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"/pos/till/{path}/", query, headers={"Accept": JSON})

    def send(self, method: str, path: str, body: object) -> Any:
        text = body if isinstance(body, str) else json.dumps(body)
        return self.client.generic(
            method,
            f"/pos/till/{path}/",
            text,
            content_type=JSON,
            headers={"Accept": JSON},
        )

    def put(self, payload: dict[str, Any]) -> Any:
        return self.send("PUT", f"tickets/{payload['id']}", payload)

    def ticket(self, house: House, *lines: tuple[int, int], **changes: Any) -> Any:
        with use_channel(Channel.POS):
            return a_ticket(
                house, self.till, *lines, employee=str(self.employee.id), **changes
            )


def at_till(house: House, *, code: str = "M01", role: Role = Role.CASHIER) -> Counter:
    """Inès at her open till, signed in by PIN on its enrolled device."""
    employee = an_employee("Inès", role=role, location=code)
    with use_channel(Channel.POS):
        till = a_till(code, opened=False)
        shifts.open_shift(till, employee_id=employee.id, employee_name="Inès")
    device, token = a_device(code, till_id=till.id)
    client = Client()
    sign_in(client, "pos", employee, device=device, token=token)
    database = "pos" if house.level == "cross-channel" else "shared"
    return Counter(client, till, employee, device, database)


def queries(counter: Counter, act: Any) -> tuple[int, int, Any]:
    """(on head office, on the stores' side) and the answer; printed if a pin fails."""
    with (
        CaptureQueriesContext(connections["default"]) as head,
        CaptureQueriesContext(connections[counter.database]) as side,
    ):
        answer = act()
    for each in [*head, *side]:
        print(each["sql"][:300])
    return len(head), len(side), answer
