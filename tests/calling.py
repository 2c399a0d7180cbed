"""Another system that calls the API with a key, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import open_databases
from retail.staff.keys import create_key
from retail.staff.models import ApiKey, Scope

JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass
class Caller:
    """`key` is the row; without one nobody calls."""

    key: ApiKey | None = None
    raw: str = ""
    client: Client = field(default_factory=Client)

    @property
    def maker(self) -> str:
        assert self.key is not None
        return f"key:{self.key.id}"

    def get(self, path: str, **query: str) -> Any:
        headers = self.headers()
        return self.client.get(f"/api/v1/{path}", query, headers=headers)

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        type: str = JSON,
        **more: str,
    ) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            "" if body is None else text,
            content_type=type,
            headers={**self.headers(), **more},
        )

    def put(self, path: str, body: object, **more: Any) -> Any:
        return self.send("PUT", path, body, **more)

    def post(self, path: str, body: object = None, **more: Any) -> Any:
        return self.send("POST", path, body, **more)

    def move(
        self, job: object, move: str, body: object = None, *, key: UUID | str = ""
    ) -> Any:
        return self.post(
            f"fulfilments/{job}/{move}/",
            body,
            **{"Idempotency-Key": str(key or new_id())},
        )

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.raw}"} if self.raw else {}


def a_caller(
    scope: Scope,
    *,
    channel: Channel = Channel.WEBSHOP,
    location: str | None = None,
    till_id: UUID | None = None,
) -> Caller:
    key, raw = create_key(
        scope=scope,
        channel=channel,
        location_code=location,
        till_id=till_id,
        name="another system",
    )
    return Caller(key, raw)


def a_shop() -> Caller:
    return a_caller(Scope.SHOP)


def a_store(code: str = "M01") -> Caller:
    channel = Channel.WEBSHOP if code.startswith("W") else Channel.POS
    return a_caller(Scope.STORE, channel=channel, location=code)


def an_office() -> Caller:
    return a_caller(Scope.OFFICE)


def refused(response: Any, status: int, slug: str) -> dict[str, Any]:
    """The body of a problem, which is whole and of this kind."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert body["type"] == f"/problems/{slug}", body
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def an_order(*lines: tuple[str, Any], **changes: Any) -> dict[str, Any]:
    """Collected in M01 and paid there, for Alice as a guest."""
    return {
        "email": "alice@example.org",
        "lines": [{"gtin": gtin, "quantity": units} for gtin, units in lines],
        "fulfilment": {"method": "collect", "location": "M01"},
        "payment": {"method": "at_store"},
        **changes,
    }


@contextmanager
def counted() -> Iterator[dict[str, list[str]]]:
    """The statements on head office's database and on the sides; printed when a pin
    on their number breaks."""
    found: dict[str, list[str]] = {}
    captures = {
        alias: CaptureQueriesContext(connections[alias])
        for alias in ("default", *open_databases())
    }
    for capture in captures.values():
        capture.__enter__()
    try:
        yield found
    finally:
        for alias, capture in captures.items():
            capture.__exit__(None, None, None)
            found[alias] = [each["sql"] for each in capture.captured_queries]
            for sql in found[alias]:
                print(alias, sql[:300])
