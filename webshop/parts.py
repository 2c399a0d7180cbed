"""A promise of an order with all that its customer sees of it and may do about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from inventory.models import Location
from retail.formatting import day, day_time, slot
from retail.fulfilment import deadlines, sourcing, visits
from retail.fulfilment.codes import code_of, collector_code_of
from retail.fulfilment.identity import card_wanted
from retail.fulfilment.models import Fulfilment, Method
from retail.fulfilment.states import FulfilmentStatus as F
from retail.fulfilment.terms import terms_in, with_terms
from retail.notices import links
from retail.orders import choosing, substituting
from retail.orders.models import Order
from retail.orders.moving import FINAL, UNPAID
from retail.orders.settling import DONE, GONE
from webshop import hours, progress, qr
from webshop.diary import choice_in_words

__all__ = ["Choices", "Part", "hour_of", "may_cancel", "part_of"]

WITH_CODE = frozenset(
    {
        F.ACCEPTED,
        F.AWAITING_TRANSFER,
        F.PICKING,
        F.STAGED,
        F.READY,
        F.CHECKED_IN,
        F.PARTLY_COLLECTED,
    }
)


@dataclass(frozen=True)
class Choices:
    """What a customer is asked. `answers` are (value, words), best first."""

    answers: list[tuple[str, str]]
    missing: list[str]
    offers: list[substituting.Offered]
    stores: list[Location]
    until: datetime | None
    default: str


@dataclass(frozen=True)
class Part:
    promise: Fulfilment
    collects: bool
    headline: str
    steps: list[progress.Step]
    waiting: str
    code: str
    qr: str
    card: bool
    collector_link: str
    store_now: str
    choices: Choices | None
    may_check_in: bool
    may_go: bool
    may_extend: bool
    may_name: bool
    may_move: bool
    hour: str

    @property
    def kept_until(self) -> datetime | None:
        """Until when its bags wait."""
        until = self.promise.hold_until
        return until and deadlines.kept_until(self.promise.location, until)

    @property
    def name(self) -> str:
        """A heading that tells it from the order's other parts."""
        if self.collects:
            return _("To collect: %(place)s") % {"place": self.promise.location.name}
        return _("Delivered to you")


def part_of(order: Order, promise: Fulfilment, now: datetime) -> Part:
    """Without a query but for the places, which pages know, unless the customer is
    asked to choose, or the store for identity cards."""
    collects = promise.method == Method.COLLECT
    code = code_of(promise) if collects and promise.status in WITH_CODE else ""
    label = _("QR code of the pickup code %(code)s") % {"code": code}
    free = collects and not promise.requested
    early = free and promise.status in visits.NOT_YET_HERE
    named = collector_code_of(promise) if early or code else ""
    return Part(
        promise=promise,
        collects=collects,
        headline=progress.part_headline(promise),
        steps=progress.steps(order, promise, now),
        waiting=_waiting(promise),
        code=code,
        qr=qr.picture(code, label=label) if code else "",
        card=bool(code) and card_wanted(promise),
        collector_link=links.url(links.COLLECT, promise.id, promise.collector_version)
        if named
        else "",
        store_now=hours.now_in_words(promise.location, now) if collects else "",
        choices=_choices(order, promise, now),
        may_check_in=free and promise.status == F.READY,
        may_go=collects and promise.status in visits.WAITS,
        may_extend=visits.may_extend(promise),
        may_name=early,
        may_move=early and promise.slot_start is not None,
        hour=hour_of(promise, now),
    )


def hour_of(promise: Fulfilment, now: datetime) -> str:
    """When the customer means to come, as long as nobody has come."""
    if promise.slot_start is None or promise.slot_end is None:
        return ""
    if promise.status not in visits.NOT_YET_HERE:
        return ""
    on = day(promise.slot_start, now=now, long=True)
    return f"{on}, {slot(promise.slot_start, promise.slot_end)}"


def _choices(order: Order, promise: Fulfilment, now: datetime) -> Choices | None:
    if promise.status != F.CUSTOMER_CHOICE or promise.requested:
        return None
    found = choosing.choices(order, promise)
    if not found:
        return None
    units = choosing.missing(promise)
    stores = _other_stores(promise) if "other_store" in found else []
    found = [each for each in found if each != "other_store" or stores]
    default = "drop" if "drop" in found else "cancel"
    return Choices(
        answers=[(each, choice_in_words(each)) for each in found],
        missing=[
            f"{units[line.position]} × {line.title}"
            for line in order.lines.all()
            if units.get(line.position)
        ],
        offers=substituting.offered(promise, at=now),
        stores=stores,
        until=promise.choose_by,
        default=_default_in_words(default, promise.choose_by, now),
    )


def _other_stores(promise: Fulfilment) -> list[Location]:
    """Without those that take no orders for the moment. One query."""
    places = sourcing.stores(among=with_terms(Location.objects.all()))
    return [
        place
        for place in places
        if place.id != promise.location_id and not terms_in(place).paused
    ]


def _default_in_words(choice: str, until: datetime | None, now: datetime) -> str:
    if until is None:
        return ""
    at = {"at": day_time(until, now=now, long=True)}
    if choice == "drop":
        return _("Please choose until %(at)s. After that we go on without it.") % at
    return (
        _(
            "Please choose until %(at)s. After that we cancel it and give back what"
            " you paid."
        )
        % at
    )


def _waiting(promise: Fulfilment) -> str:
    """What the store has been asked and has not answered; empty for nothing."""
    said: dict[str, Any] = {
        "cancel": _(
            "You asked to cancel. The store answers in a moment; until then the order"
            " stands."
        ),
        "check_in": _(
            "We have told the store that you are here. It answers in a moment."
        ),
        "extend": _(
            "We have asked the store to keep it longer. Until it answers, the hour"
            " below holds."
        ),
        "collector": _(
            "We have told the store who collects. Until it answers, the older code"
            " still opens your order."
        ),
        "slot": _("We have told the store when you come. It answers in a moment."),
    }
    if not promise.requested:
        return ""
    return str(
        said.get(
            promise.requested,
            _("We have told the store what you chose. It answers in a moment."),
        )
    )


def may_cancel(order: Order, promises: list[Fulfilment]) -> bool:
    if order.status in UNPAID:
        return True
    stuck = {*DONE, *GONE, F.EXPIRED, F.CUSTOMER_CHOICE, F.PARTLY_COLLECTED}
    return order.status not in FINAL and not any(
        each.status in stuck or each.requested for each in promises
    )
