"""Addresses that open one thing without signing in, for what is sent to a customer.

A link is an id, a number and a signature with the purpose in it: a link to a survey
opens no pickup. `number` lets its maker take a link back, by counting on.
"""

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

__all__ = ["COLLECT", "ORDER", "SURVEY", "BadLink", "opened", "token", "url"]

# purposes, each the name of the page it opens
ORDER, COLLECT, SURVEY = "shop_order_link", "shop_collect", "shop_survey"


class BadLink(Exception):
    """Not one of ours, or cut short on the way."""


def token(purpose: str, id: UUID, number: int = 0) -> str:
    return _signer(purpose).sign(f"{id.hex}-{number}")


def url(purpose: str, id: UUID, number: int = 0) -> str:
    """The whole address, with the house's own name (`SITE_URL`)."""
    path = reverse(purpose, args=[token(purpose, id, number)])
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def opened(purpose: str, token: str) -> tuple[UUID, int]:
    """(id, number). Raises BadLink."""
    try:
        id, _, number = _signer(purpose).unsign(token).partition("-")
        return UUID(id), int(number)
    except (BadSignature, ValueError) as error:
        raise BadLink from error


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"retail.notices.links:{purpose}", sep=".")
