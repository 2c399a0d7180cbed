"""Who carries a short message. One method; which one is a setting (`SMS_GATEWAY`)."""

import sys
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

__all__ = ["Console", "NotSent", "Sms", "gateway"]


class NotSent(Exception):
    """The gateway did not take it; another try may succeed."""


class Sms(Protocol):
    def send(self, to: str, text: str, *, id: UUID) -> None:
        """`to` is E.164. The same `id` again must not reach the phone twice, where the
        carrier can tell. Raises NotSent."""


class Console:
    """For a house without a contract with a carrier: printed where the worker prints,
    the number but for its last two digits hidden."""

    def send(self, to: str, text: str, *, id: UUID) -> None:
        hidden = "•" * max(len(to) - 2, 0) + to[-2:]
        sys.stdout.write(f"SMS {id} {hidden}: {text}\n")
        sys.stdout.flush()


def gateway() -> Sms:
    made: Sms = import_string(settings.SMS_GATEWAY)()
    return made
