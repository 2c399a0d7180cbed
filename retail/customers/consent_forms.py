"""The questions of a consent and their answers, as pages put them: the customer's own
page in the shop, and the desk of a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from inventory.ids import new_id
from inventory.places import Channel
from retail.customers import consents
from retail.customers.models import ConsentEvent, Customer, Purpose


class OutOfDate(Exception):
    """The form was made for other questions, or for somebody who was erased since."""


def questions(customer: Customer, here: Channel) -> list[dict[str, Any]]:
    """Each purpose as a page of channel `here` asks it: {"id" of the answer to come,
    "purpose", "label", "wording", "text", "here" and "elsewhere": the event by which
    this and the other channel may, "refused"}. Two queries."""
    (other,) = set(Channel) - {here}
    found = []
    for told in consents.effective(customer).values():
        holds = told.on(here)
        wording = holds.wording if holds else consents.CURRENT[told.purpose].id
        found.append(
            {
                "id": new_id(),
                "purpose": told.purpose,
                "label": told.purpose.label,
                "wording": wording,
                "text": consents.wording_in(wording, language()),
                "here": holds,
                "elsewhere": told.on(other),
                "refused": told.refused,
            }
        )
    return found


def answer(customer: Customer, given: Mapping[str, str], *, by: str) -> ConsentEvent:
    """Keep what the form says. In a transaction; sent twice, it is one answer. Raises
    OutOfDate, NotYourRow."""
    try:
        return consents.record(
            customer,
            id=UUID(given.get("id", "")),
            purpose=Purpose(given.get("purpose", "")),
            granted=given.get("answer") == "yes",
            wording=given.get("wording", ""),
            language=given.get("language", ""),
            by=by,
        )
    except (ValueError, consents.UnknownWording, consents.AlreadyErased) as error:
        raise OutOfDate from error


def language() -> str:
    """In which the wording is shown: one of those it is written in."""
    return "en" if (get_language() or "fr").startswith("en") else "fr"
