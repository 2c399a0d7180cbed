"""What `manage.py check --deploy` says about taking money online."""

from typing import Any

from django.conf import settings
from django.core import checks


def takes_money(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    """`demo` only where somebody chose a demonstration for a house that is deployed."""
    if "demo" in settings.PAYMENT_VARIANTS:
        return [
            checks.Error(
                "The demonstration's bank takes cards: orders count as paid and no money"
                " comes. Unset DEMO and DEBUG, or set STRIPE_SECRET_KEY and"
                " STRIPE_WEBHOOK_SECRET.",
                id="payments.E001",
            )
        ]
    if not settings.PAYMENT_VARIANTS:
        return [
            checks.Warning(
                "Nobody takes money online: the checkout offers payment in the store"
                " alone. Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.",
                id="payments.W001",
            )
        ]
    return []


def register() -> None:
    checks.register(takes_money, deploy=True)
