"""The bank's own clock."""

from django.conf import settings
from django.utils import timezone

from retail.bank import ledger
from retail.bank.calling import call_back
from retail.celery import shared_task


@shared_task
def call_shop_back() -> int:
    """Every few seconds; nothing where this bank is not used."""
    used = settings.PAYMENT_VARIANTS.get("demo")
    if used is None:
        return 0
    ledger.lapse(timezone.now())
    return call_back(timezone.now(), secret=used[1]["secret"], most=4)
