"""What the office says of webhooks."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from retail.webhooks.addresses import BadAddress
from retail.webhooks.models import Delivery

__all__ = ["how", "why_not"]

WHY_NOT: dict[str, Promise] = {
    "url": _("This is no address that can be called."),
    "credentials": _("An address may hold no user name and no password."),
    "https": _("Only addresses that begin with https:// are called."),
    "port": _("Only the ports 443 and 8443 are called."),
    "host": _("Name a host of the public internet."),
    "inside": _("This leads into a private network and is not called."),
}


def why_not(error: BadAddress) -> Promise:
    return WHY_NOT[error.why]


def how(delivery: Delivery) -> str:
    """`sent`, `failed` (given up) or `waiting`."""
    if delivery.sent_at is not None:
        return "sent"
    return "failed" if delivery.dead_at is not None else "waiting"
