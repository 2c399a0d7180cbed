"""Sweeps over payments. Each pins a fresh context and may run twice."""

from django.utils import timezone

from retail.celery import shared_task
from retail.channels import Channel, use_channel
from retail.orders.taking import take_due
from retail.payments.reconciling import reconcile


@shared_task
def reconcile_payments() -> int:
    """Every ten minutes. Answers how many payments differ."""
    with use_channel(Channel.WEBSHOP):
        return len(reconcile(timezone.now()).differences)


@shared_task
def take_what_is_due() -> int:
    """Every few seconds: the money for goods that left. Answers how many payments the
    provider was asked about."""
    with use_channel(Channel.WEBSHOP):
        return take_due(timezone.now())
