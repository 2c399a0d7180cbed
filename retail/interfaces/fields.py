"""How values look in the API: money with its currency, times in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TypedDict

from rest_framework import serializers


class Money(TypedDict):
    amount: str
    currency: str


def money(amount: Decimal, currency: str) -> Money:
    return {"amount": f"{amount:.2f}", "currency": currency}


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds and Z."""
    if at is None:
        return None
    text = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


class MoneySchema(serializers.Serializer[Money]):
    amount = serializers.RegexField(r"^-?\d+\.\d{2}$", help_text="12.90")
    currency = serializers.CharField(min_length=3, max_length=3)


class ProblemSchema(serializers.Serializer[object]):
    """RFC 9457; some problems carry further members."""

    type = serializers.CharField(help_text="/problems/…")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment] # a member of that name
        child=serializers.CharField(),
        required=False,
        help_text="of “invalid”: each field that is wrong, and why",
    )
