"""Sweeps over what other systems want to hear."""

from django.utils import timezone

from retail.celery import shared_task
from retail.channels import channels_of, open_databases, use_channel
from retail.messages.outside import carry_out
from retail.webhooks import sending

__all__ = ["forget_deliveries", "tell_outside"]


# a sweep lasts ten seconds and one call more, of a name that its server may tell late;
# it has ended before another worker may take over what it holds (`sending.TAKEN_FOR`)
@shared_task(soft_time_limit=40, time_limit=45)
def tell_outside() -> int:
    """Each three seconds. Answers how many deliveries arrived."""
    for database in open_databases():
        with use_channel(channels_of(database)[0]):
            carry_out()
    return sending.send_due()


@shared_task
def forget_deliveries() -> int:
    return sending.forget(timezone.now())
