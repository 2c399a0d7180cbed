"""Consents: what a customer allowed, on which channel, to which words.

Nothing is stored but what was said: an event per answer, never changed. What holds is
computed. Two rows of one person are linked, their consents are never united: who said
yes to the shop did not say yes to the stores. A refusal is understood everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.utils import timezone

from retail.channels import Channel
from retail.customers.linking import rows_of
from retail.customers.models import ConsentEvent, Customer, Purpose
from retail.customers.own_rows import AlreadyErased, NotYourRow, held

__all__ = [
    "CURRENT",
    "WORDINGS",
    "AlreadyErased",
    "Effective",
    "NotYourRow",
    "UnknownWording",
    "Wording",
    "effective",
    "record",
    "wording_in",
]


@dataclass(frozen=True)
class Wording:
    """A text that people agreed to, word for word, in each language it was shown in."""

    id: str
    purpose: Purpose
    texts: MappingProxyType[str, str]


def _wording(id: str, purpose: Purpose, **texts: str) -> Wording:
    return Wording(id, purpose, MappingProxyType(texts))


# A wording is proof: it is never edited. A new text gets a new id, and the old one stays
# for those who agreed to it. Not in the catalogue of translations for that reason.
WORDINGS = {
    each.id: each
    for each in (
        _wording(
            "email_offers-1",
            Purpose.EMAIL_OFFERS,
            fr=(
                "J’accepte de recevoir les offres de Sarriette par e-mail, deux fois par"
                " mois au plus. Je peux dire non à tout moment, ici ou en magasin."
            ),
            en=(
                "I agree to receive Sarriette’s offers by e-mail, twice a month at"
                " most. I can say no at any time, here or in a store."
            ),
        ),
        _wording(
            "sms_offers-1",
            Purpose.SMS_OFFERS,
            fr=(
                "J’accepte de recevoir les offres de Sarriette par SMS, une fois par"
                " mois au plus. Je peux dire non à tout moment, ici ou en magasin."
            ),
            en=(
                "I agree to receive Sarriette’s offers by text message, once a month at"
                " most. I can say no at any time, here or in a store."
            ),
        ),
    )
}
# The text that is shown now.
CURRENT = {
    Purpose.EMAIL_OFFERS: WORDINGS["email_offers-1"],
    Purpose.SMS_OFFERS: WORDINGS["sms_offers-1"],
}


class UnknownWording(Exception):
    """Nobody can agree to a text that is not written, or in a language it is not in."""

    def __init__(self, wording: str, language: str) -> None:
        super().__init__(f"{wording} ({language})")
        self.wording = wording
        self.language = language


@dataclass(frozen=True)
class Effective:
    """What holds for one purpose. `given`: the events that hold, at most one for each
    row. `refused`: the newest refusal on any row, if there was one."""

    purpose: Purpose
    given: tuple[ConsentEvent, ...]
    refused: ConsentEvent | None

    def on(self, channel: Channel | str) -> ConsentEvent | None:
        """The event by which this channel may; None where it may not."""
        return next((each for each in self.given if each.origin == channel), None)


def record(
    customer: Customer,
    *,
    id: UUID,
    purpose: Purpose | str,
    granted: bool,
    wording: str,
    language: str,
    by: str,
    at: datetime | None = None,
) -> ConsentEvent:
    """Keep what the customer answered. In a transaction; the same id again changes
    nothing and answers what is there.

    `wording` is the id of the text they saw, in `language`. Raises NotYourRow,
    UnknownWording, AlreadyErased.
    """
    purpose = Purpose(purpose)
    held(customer)
    known = WORDINGS.get(wording)
    if known is None or known.purpose != purpose or language not in known.texts:
        raise UnknownWording(wording, language)
    ConsentEvent.objects.bulk_create(
        [
            ConsentEvent(
                id=id,
                origin=customer.origin,
                customer=customer,
                purpose=purpose,
                granted=granted,
                wording=wording,
                language=language,
                at=at or timezone.now(),
                by=by[:80],
            )
        ],
        ignore_conflicts=True,
    )
    return ConsentEvent.objects.get(id=id, customer=customer)


def effective(customer: Customer) -> dict[Purpose, Effective]:
    """What holds now, for each purpose, over all rows that are this person. Two
    queries.

    A yes holds on the row where it was said, while it is that row's last word and no
    row of the person said no later. Of two answers of one moment the no counts.
    """
    rows = [row.id for row in rows_of(customer) if row.erased_at is None]
    events = list(
        ConsentEvent.objects.filter(customer__in=rows).order_by("at", "granted", "id")
    )
    return {
        purpose: _effective(purpose, [e for e in events if e.purpose == purpose])
        for purpose in Purpose
    }


def _effective(purpose: Purpose, events: Iterable[ConsentEvent]) -> Effective:
    """`events` by time, the oldest first."""
    given: dict[UUID, ConsentEvent] = {}
    refused: ConsentEvent | None = None
    for event in events:
        if event.granted:
            if refused is None or event.at > refused.at:
                given[event.customer_id] = event
        else:
            refused = event
            given.clear()
    return Effective(purpose, tuple(given.values()), refused)


def wording_in(wording: str, language: str) -> str:
    """The words of that text, for people; in French where it was never written in
    `language`. Raises UnknownWording."""
    known = WORDINGS.get(wording)
    if known is None:
        raise UnknownWording(wording, language)
    return known.texts.get(language, known.texts["fr"])
