"""Sweeps over notices: what is due goes out, whichever database it was written in."""

from retail.celery import shared_task
from retail.channels import channels_of, open_databases, use_channel
from retail.notices.sending import send_due

__all__ = ["send_notices"]


@shared_task
def send_notices() -> int:
    """Each ten seconds. Answers how many were sent."""
    sent = 0
    for database in open_databases():
        with use_channel(channels_of(database)[0]):
            sent += send_due()
    return sent
