"""The sweep over what customers wait for; it lies where the webshop's rows lie."""

from celery import shared_task

from retail.alerts.telling import forget, tell
from retail.channels import Channel, use_channel

__all__ = ["tell_alerts"]


@shared_task
def tell_alerts() -> int:
    """Each minute. Answers how many letters it wrote."""
    with use_channel(Channel.WEBSHOP):
        forget()
        return tell()
