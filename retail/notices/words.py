"""What each notice says, in the language that is active."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from retail.formatting import day_time, grouped, money
from retail.fulfilment.identity import card_wanted
from retail.fulfilment.models import Method
from retail.notices import links
from retail.notices.facts import Facts

__all__ = ["WORDS", "Words", "words_of"]


@dataclass(frozen=True)
class Words:
    """`title` heads the letter, `lines` are its paragraphs, `code` is shown large,
    `action` names the button that opens `link`."""

    title: str
    lines: list[str]
    code: str = ""
    action: str = ""
    link: str = ""
    items: list[str] = field(default_factory=list)

    @property
    def short(self) -> str:
        """For a phone: the title, the code and the link."""
        return " ".join(part for part in (self.title, self.code, self.link) if part)


def words_of(kind: str, facts: Facts) -> Words:
    """Raises KeyError for a kind without words, which a test does not let happen."""
    words = WORDS[kind](facts)
    if words.link:
        return words
    link = links.url(links.ORDER, facts.order.id)
    return replace(words, action=_("See my order"), link=link)


def _received(facts: Facts) -> Words:
    total = money(facts.order.total, facts.order.currency)
    lines = [
        _("Order %(number)s, %(total)s.")
        % {"number": facts.order.number, "total": total}
    ]
    for promise in facts.promises:
        place = promise.location.name
        if promise.method == Method.SHIP:
            lines.append(_("We send it to the address that you gave."))
        elif promise.ready_by is None:
            lines.append(_("To be collected at %(place)s.") % {"place": place})
        else:
            at = day_time(promise.ready_by, now=facts.now, long=True)
            lines.append(
                _("To be collected at %(place)s, promised for %(at)s.")
                % {"place": place, "at": at}
            )
    if facts.reserved:
        amount = {"amount": money(facts.reserved, facts.order.currency)}
        lines.append(
            _("%(amount)s are reserved by your bank and taken when it leaves us.")
            % amount
        )
    return Words(_("We have received your order."), lines)


def _ready(facts: Facts) -> Words:
    return Words(
        _("Your shopping is ready."),
        [_at_place(facts), *_kept_until(facts), *_to_bring(facts)],
        code=grouped(facts.code),
    )


def _reminder(facts: Facts) -> Words:
    return Words(
        _("Your shopping still waits for you."),
        [_at_place(facts), *_kept_until(facts), *_to_bring(facts)],
        code=grouped(facts.code),
    )


def _at_place(facts: Facts) -> str:
    return _("It waits for you at %(address)s.") % {"address": facts.address}


def _kept_until(facts: Facts) -> list[str]:
    until = facts.when("hold_until")
    return [_("We keep it until %(at)s.") % {"at": until}] if until else []


def _to_bring(facts: Facts) -> list[str]:
    """What is due, and a card where the goods are dear."""
    lines = []
    if facts.promise and facts.promise.due:
        due = money(facts.promise.due)
        lines.append(_("To pay at the counter: %(amount)s.") % {"amount": due})
    if facts.promise and card_wanted(facts.promise):
        lines.append(_("Bring an identity card: the store compares its name."))
    return lines


def _short(facts: Facts) -> Words:
    units = sum(facts.data["missing"].values())
    lines = [_("%(place)s could not find all of it.") % {"place": facts.place}]
    if facts.data.get("offers"):
        given = ", ".join(facts.data["offers"])
        lines.append(
            _("The store could give you instead: %(goods)s.") % {"goods": given}
        )
    return Words(
        ngettext(
            "We are one item short. What would you like?",
            "We are %(units)s items short. What would you like?",
            units,
        )
        % {"units": units},
        [*lines, _choose_until(facts)],
        items=[f"{n} × {title}" for title, n in facts.data["missing"].items()],
        action=_("Choose"),
        link=links.url(links.ORDER, facts.order.id),
    )


def _refused(facts: Facts) -> Words:
    return Words(
        _("The store cannot prepare your order. What would you like?"),
        [
            _("%(place)s had to refuse it.") % {"place": facts.place},
            _choose_until(facts),
        ],
        action=_("Choose"),
        link=links.url(links.ORDER, facts.order.id),
    )


def _choose_until(facts: Facts) -> str:
    at = {"at": facts.when("choose_by")}
    if facts.data["default"] == "drop":
        return _("Please choose until %(at)s. After that we go on without it.") % at
    return (
        _(
            "Please choose until %(at)s. After that we cancel it, and you pay nothing"
            " for it."
        )
        % at
    )


def _chosen(facts: Facts) -> Words:
    if facts.data["choice"] == "drop":
        said = _("We go on without what was missing. You pay nothing for it.")
    else:
        said = _("We have cancelled it. You pay nothing for it.")
    return Words(
        _("We have chosen for you."),
        [_("The time to choose has passed."), said],
    )


def _expired(facts: Facts) -> Words:
    return Words(
        _("Your bags were not collected in time."),
        [
            _("%(place)s puts the goods back on the shelf.") % {"place": facts.place},
            _(
                "You pay nothing for them: what was paid comes back as soon as that is done."
            ),
        ],
    )


def _extended(facts: Facts) -> Words:
    return Words(_("We keep your bags longer."), _kept_until(facts))


def _transfer(facts: Facts) -> Words:
    lines = [
        _("Something of it comes to %(place)s from another store.")
        % {"place": facts.place}
    ]
    if at := facts.when("ready_by"):
        lines.append(_("It is now promised for %(at)s.") % {"at": at})
    return Words(_("Your order takes a little longer."), lines)


def _collector(facts: Facts) -> Words:
    name = facts.promise.collector if facts.promise else ""
    if not name:
        return Words(
            _("Only you can collect your order now."),
            [_("The code that you had passed on opens nothing any more.")],
        )
    return Words(
        _("%(name)s may collect your order.") % {"name": name},
        [
            _("Pass on the link on your order’s page: it shows a code of their own."),
            _("Was it not you? Change it there and call us."),
        ],
    )


def _cancelled(facts: Facts) -> Words:
    lines = [_("Order %(number)s.") % {"number": facts.order.number}]
    if facts.data.get("reason") == "not_paid":
        lines.append(_("Its payment did not come. Nothing was charged."))
    else:
        lines.append(
            _("What your bank had reserved is not taken, and what was paid comes back.")
        )
    return Words(_("Your order is cancelled."), lines)


def _refunded(facts: Facts) -> Words:
    amount = money(Decimal(facts.data["amount"]), facts.order.currency)
    return Words(
        _("%(amount)s come back to you.") % {"amount": amount},
        [_("Order %(number)s.") % {"number": facts.order.number}],
    )


def _lapsed(facts: Facts) -> Words:
    why = _("Your bank does not keep the money for order %(number)s any longer.")
    lines = [why % {"number": facts.order.number}]
    if facts.data["amount"] is None:
        lines.append(_("What was still to be sent is cancelled. Nothing is charged."))
        return Words(_("We could not send your parcel."), lines)
    amount = {"amount": money(Decimal(facts.data["amount"]), facts.order.currency)}
    lines.append(
        _("Please pay %(amount)s at the counter when you collect it.") % amount
    )
    return Words(_("Please pay for your order in the store."), lines)


def _shipped(facts: Facts) -> Words:
    lines = [_("Order %(number)s.") % {"number": facts.order.number}]
    if facts.promise is not None and facts.promise.tracking:
        lines.append(_("Parcel number %(code)s") % {"code": facts.promise.tracking})
    return Words(_("Your parcel is on its way."), lines)


def _thanks(facts: Facts) -> Words:
    return Words(
        _("Collected. Thank you."),
        [_("How did collecting at %(place)s go?") % {"place": facts.place}],
        action=_("Tell us in one click"),
        link=links.url(links.SURVEY, facts.promise.id) if facts.promise else "",
    )


WORDS: dict[str, Callable[[Facts], Words]] = {
    "order_received": _received,
    "pickup_ready": _ready,
    "pickup_short": _short,
    "pickup_refused": _refused,
    "choice_made_for_you": _chosen,
    "pickup_reminder": _reminder,
    "pickup_expired": _expired,
    "pickup_extended": _extended,
    "pickup_transfer": _transfer,
    "pickup_collector": _collector,
    "order_cancelled": _cancelled,
    "refunded": _refunded,
    "reservation_lapsed": _lapsed,
    "parcel_shipped": _shipped,
    "collected_thanks": _thanks,
}
