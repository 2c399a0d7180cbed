"""Study mode: why the shop does not do what the visitor takes for granted. Each answers
None where the level does it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from retail import channels
from retail.channels import Feature
from webshop.who import Visitor


@dataclass(frozen=True)
class Why:
    level: str
    question: str
    now: str
    other: str


def no_store(who: Visitor) -> Why | None:
    """T2: order on the internet, collect in the store."""
    if who.collects:
        return None
    return _why(
        _("Why can I not collect this in a store?"),
        _(
            "The site and the stores are two shops side by side. The site sells what"
            " lies in its own warehouse and knows nothing of the stores’ shelves."
        ),
        _("Cross-channel: the stores tell the site what they have, and you collect."),
    )


def feed_has_an_age(who: Visitor) -> Why | None:
    if channels.shared() or not who.collects:
        return None
    return _why(
        _("Why does the stock of a store have an age?"),
        _(
            "Each store sends a reading of its shelves every few seconds. A margin is"
            " kept, and the store may still refuse an order."
        ),
        _("Omnichannel: the store’s own stock is reserved; no reading, no refusal."),
    )


def stranger_in_store() -> Why | None:
    """T1: registering on the site does not register you with the store."""
    if channels.on(Feature.UNIFIED_CUSTOMERS):
        return None
    return _why(
        _("Why does the store not know my account?"),
        _(
            "The site and the stores each keep their own customers. Who registers here"
            " is a stranger at the till, and what was bought there is not shown here."
        ),
        _("Omnichannel: one profile, with the purchases of the site and the stores."),
    )


def other_card() -> Why | None:
    """T8: one thing identifies you everywhere."""
    if channels.on(Feature.UNIFIED_CUSTOMERS):
        return None
    return _why(
        _("Why is my store’s card not recognised here?"),
        _("This card is the site’s own. A store’s card is another card, in its file."),
        _("Omnichannel: either card is yours, on the site and in every store."),
    )


def other_file() -> Why | None:
    """Apart, what is said or wiped here reaches no store."""
    if channels.on(Feature.UNIFIED_CUSTOMERS):
        return None
    return _why(
        _("Why do the stores not follow what I decide here?"),
        _(
            "If you also have a card of the stores, they keep their own file of you,"
            " with its own answers. This page neither shows nor erases it: ask in a"
            " store."
        ),
        _("Omnichannel: one page shows and erases what the site and the stores know."),
    )


def stranded_points() -> Why | None:
    """T10: loyalty grows with integration."""
    if channels.on(Feature.UNIFIED_LOYALTY):
        return None
    return _why(
        _("Why can I not spend my store’s points here?"),
        _(
            "Points stay where they were earned: the site counts its own, the stores"
            " theirs, and neither can spend the other’s."
        ),
        _("Omnichannel: one balance, earned anywhere and spent anywhere."),
    )


def card_of_the_other() -> Why | None:
    """T10: money that was paid before is worth the same everywhere."""
    if channels.on(Feature.UNIFIED_LOYALTY):
        return None
    return _why(
        _("Why is a gift card of a store not known here?"),
        _(
            "The site and the stores each sell their own gift cards. The money on a card"
            " lies with the one that sold it."
        ),
        _("Omnichannel: one balance, bought anywhere and spent anywhere."),
    )


def code_of_the_other() -> Why | None:
    """T9: one set of offers."""
    if channels.on(Feature.SHARED_PROMOTIONS):
        return None
    return _why(
        _("Why is my store’s code not known here?"),
        _(
            "The site and the stores each make their own offers. A code is known only"
            " where it was made."
        ),
        _("Omnichannel: one set of offers, on the site and in every store."),
    )


def waiting_for_store() -> Why | None:
    """Apart, a store is asked by message and answers by message."""
    if channels.shared():
        return None
    return _why(
        _("Why must I wait for the store’s answer?"),
        _(
            "The site sends the store a message, and the store answers with another."
            " Until then nothing is certain, so nothing is claimed."
        ),
        _("Omnichannel: site and store write in one place; the answer is immediate."),
    )


def _why(question: str, now: str, other: str) -> Why:
    return Why(channels.level(), question, now, other)
