"""Sweeps over orders. Each pins a fresh context, may run twice or not at all for a
while, and finds by a due column what there is to do."""

from django.utils import timezone

from retail.celery import shared_task
from retail.channels import Channel, retrying, use_channel
from retail.orders import kept_baskets
from retail.orders.cancelling import expire_unpaid
from retail.orders.defaulting import choose_due
from retail.payments.capturing import send_refunds


@shared_task
def expire_unpaid_orders() -> int:
    """Each minute. Answers how many were cancelled."""
    with use_channel(Channel.WEBSHOP):
        return len(retrying(expire_unpaid)(timezone.now()))


@shared_task
def choose_for_customers() -> int:
    """Each minute. Answers how many choices were made for their customers."""
    with use_channel(Channel.WEBSHOP):
        return len(retrying(choose_due)(timezone.now()))


@shared_task
def forget_baskets() -> int:
    """Each hour: those of other systems that nobody has changed for a month."""
    with use_channel(Channel.WEBSHOP):
        return kept_baskets.forget(timezone.now())


@shared_task
def send_refunds_again() -> int:
    """Each hour: refunds that a crash may have kept from the provider."""
    with use_channel(Channel.WEBSHOP):
        return send_refunds(timezone.now())
