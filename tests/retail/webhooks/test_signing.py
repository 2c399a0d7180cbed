"""Secrets, and signatures that others can verify."""

from __future__ import annotations

import base64
import runpy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from retail.webhooks import endpoints, secrets
from retail.webhooks.models import Endpoint
from retail.webhooks.signing import headers_for
from tests.levels import SIDES
from tests.retail.orders.house import House
from tests.retail.webhooks.receiving import TEST

pytestmark = pytest.mark.django_db(databases=SIDES)
Listen = Callable[..., Any]


def test_two_secrets_count_for_a_day(shared_only: House, listen: Listen) -> None:
    endpoint, first = listen()
    now = timezone.now()

    def taken_by(*held: str, at: Any = now) -> list[bool]:
        keys = secrets.keys_of(Endpoint.objects.get(), at=at)
        headers = headers_for(*keys, id="msg_1", body=b"{}", at=timezone.now())
        found = []
        for each in held:
            try:
                Webhook(each).verify(b"{}", headers)
                found.append(True)
            except WebhookVerificationError:
                found.append(False)
        return found

    _, lost = endpoints.new_secret(endpoint, keep_old=True, by=TEST, at=now)
    assert taken_by(first, lost) == [True, True]
    _, second = endpoints.new_secret(endpoint, keep_old=True, by=TEST, at=now)
    assert taken_by(first, lost, second) == [True, False, True]
    assert taken_by(first, second, at=now + timedelta(hours=25)) == [False, True]
    _, third = endpoints.new_secret(endpoint, keep_old=False, by=TEST, at=now)
    assert taken_by(first, second, third) == [False, False, True]
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT e::text FROM webhooks_endpoint e")
        [(row,)] = cursor.fetchall()
    assert third.removeprefix("whsec_") not in row
    assert base64.b64decode(third.removeprefix("whsec_")).hex() not in row


def test_signed_as_the_standard_says() -> None:
    """The vector of the standard's own libraries."""
    secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    headers = headers_for(
        base64.b64decode(secret),
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body=b'{"test": 2432232314}',
        at=at,
    )
    assert headers["webhook-signature"] == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_the_client_of_the_documentation_knows_the_house() -> None:
    client = runpy.run_path(str(Path(__file__).parents[3] / "docs" / "client.py"))
    now, keys, body = timezone.now(), [b"a" * 32, b"b" * 32], b'{"type":"x"}'
    for key in keys:
        secret = "whsec_" + base64.b64encode(key).decode()
        headers = headers_for(*keys, id="1", body=body, at=now)
        assert client["heard"](secret, headers, body) == {"type": "x"}
        assert client["heard"](secret, headers, body + b" ") is None
        old = headers_for(*keys, id="1", body=body, at=now - timedelta(minutes=6))
        assert client["heard"](secret, old, body) is None
