"""What codes are called in the tables, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.contrib.admin import AllValuesFieldListFilter
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from retail.formatting import DASH
from retail.fulfilment.stock_views import kind_of
from retail.notices.models import Way
from retail.office.letter_words import MESSAGES, NOTICES
from retail.orders.models import OrderStatus

__all__ = ["InWords", "in_words"]

# what an order's diary notes beside the states that it reached
HAPPENED: dict[str, Promise] = {
    "lapsed": _("the bank keeps the money no longer"),
    "short": _("the store could not find everything"),
    "choice_made": _("the customer chose"),
    "substituted": _("replaced by other goods"),
    "dropped": _("goods left out"),
    "cancel_requested": _("asked to cancel"),
    "cancel_refused": _("cancelling refused"),
    "check_in_refused": _("arrival refused"),
    "extend_refused": _("keeping it longer refused"),
    "collector_refused": _("other collector refused"),
    "slot_refused": _("other hour refused"),
    "substitute_refused": _("other goods refused"),
    "drop_refused": _("going on without refused"),
    "returned": _("goods came back"),
    "refunded": _("money given back"),
}
LEFT_OVER = _("goods did not come, or came back")
WHY_REFUNDED: dict[str, Promise] = {
    "cancelled": _("the order was cancelled"),
    "not_paid": _("not paid in time"),
    "out_of_stock": _("out of stock"),
    "came too late": _("paid when the goods were gone"),
    # the order stood so, and something of it was not kept
    OrderStatus.PLACED: LEFT_OVER,
    OrderStatus.PART_FULFILLED: LEFT_OVER,
    OrderStatus.COMPLETED: LEFT_OVER,
}
WAYS: dict[str, Promise] = {Way.EMAIL: _("E-mail"), Way.SMS: _("SMS")}
STATES: dict[str, Any] = dict(OrderStatus.choices)


def of(words: Mapping[str, Any]) -> Callable[[str], str]:
    """What nobody found words for is said as the code has it."""
    return lambda code: capfirst(str(words.get(code, code)))


IN_WORDS: dict[tuple[str, str], Callable[[str], str]] = {
    ("retail.outboxmessage", "kind"): of(MESSAGES),
    ("retail.inboxmessage", "kind"): of(MESSAGES),
    ("retail.notice", "kind"): of(NOTICES),
    ("retail.notice", "way"): of(WAYS),
    ("retail.refund", "reason"): of(WHY_REFUNDED),
    ("retail.orderevent", "kind"): of({**STATES, **HAPPENED}),
    ("retail.orderevent", "before"): of(STATES),
    ("retail.orderevent", "after"): of(STATES),
    ("inventory.stockmovement", "kind"): kind_of,
}
TOPICS = ("retail.outboxmessage", "retail.inboxmessage")


def in_words(model: str, name: str) -> Callable[[Any], Any] | None:
    """How a cell of that field is said, where its codes have words. A message's topic
    stays in sight of whoever programs against it."""
    words = IN_WORDS.get((model, name))
    if words is None:
        return None

    def said(row: Any) -> Any:
        code = getattr(row, name)
        if not code:
            return DASH
        if model in TOPICS:
            return format_html('<span title="{}">{}</span>', code, words(code))
        return words(code)

    return said


class InWords(AllValuesFieldListFilter):
    """The codes that there are, in words."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        words = IN_WORDS[self.field.model._meta.label_lower, self.field.name]
        every, *codes = super().choices(changelist)
        yield every
        for one in codes:
            yield {**one, "display": words(str(one["display"]))}
