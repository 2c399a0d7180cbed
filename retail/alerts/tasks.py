"""The sweeps over what customers wait for; they look where the webshop's rows lie."""

from retail.alerts.telling import forget, tell
from retail.celery import shared_task
from retail.channels import Channel, use_channel

__all__ = ["forget_alerts", "tell_alerts"]


@shared_task
def tell_alerts() -> int:
    """Each minute. Answers how many letters it wrote."""
    with use_channel(Channel.WEBSHOP):
        return tell()


@shared_task
def forget_alerts() -> int:
    """Each hour. Answers how many it forgot."""
    with use_channel(Channel.WEBSHOP):
        return forget()
