"""Addresses that open one thing without signing in, for what is sent to a customer.

A link is an id, a number and a signature with the purpose in it: a link to a survey
opens no pickup. `number` lets its maker take a link back, by counting on.
"""

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

__all__ = [
    "ALERT",
    "COLLECT",
    "ORDER",
    "SURVEY",
    "BadLink",
    "address",
    "opened",
    "token",
    "url",
]

# purposes, each the name of the page it opens
ORDER, COLLECT, SURVEY = "shop_order_link", "shop_collect", "shop_survey"
ALERT = "shop_alert"


class BadLink(Exception):
    """Not one of ours, or cut short on the way."""


def token(purpose: str, id: UUID, number: int = 0) -> str:
    return _signer(purpose).sign(f"{id.hex}-{number}")


def url(purpose: str, id: UUID, number: int = 0) -> str:
    """The whole address, with the house's own name (`SITE_URL`)."""
    return address(purpose, token(purpose, id, number))


def address(page: str, *args: str) -> str:
    """The whole address of a page that is anybody's."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse(page, args=args)}"


def opened(purpose: str, token: str) -> tuple[UUID, int]:
    """(id, number). Raises BadLink."""
    try:
        id, _, number = _signer(purpose).unsign(token).partition("-")
        return UUID(id), int(number)
    except (BadSignature, ValueError) as error:
        raise BadLink from error


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"retail.notices.links:{purpose}", sep=".")
