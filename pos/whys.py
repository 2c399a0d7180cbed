"""Study mode: why the till does not know what the customer takes for granted."""

import re

from django.utils.translation import gettext as _

from pos.greeting import is_web_card
from retail import channels
from retail.channels import Feature

Why = dict[str, str]
WEB_ORDER = re.compile(r"W-?\d{1,12}", re.IGNORECASE)


def stranger(text: str) -> Why | None:
    """Why somebody is not found here: a question, the answer now, and that of the other
    level. None where customers are unified: then nobody of that name has registered."""
    if not _study() or channels.on(Feature.UNIFIED_CUSTOMERS):
        return None
    if is_web_card(text):
        return _why(
            _("Why is my card not recognised here?"),
            _(
                "This card was made on the web. The shop and the stores each keep their"
                " own customers and their own cards, so this till has never heard of"
                " it."
            ),
            _("Omnichannel: one card is known on the web and in every store."),
        )
    return _why(
        _("Why does the store not know me?"),
        _(
            "Whoever registered on the web is a customer of the web only. The stores’"
            " file does not know them until they register here too."
        ),
        _("Omnichannel: one profile, known at every till from the first visit on."),
    )


def no_pickup(store_code: str) -> Why | None:
    """Why no order can be waiting here; None where this store offers pickup."""
    if not _study() or channels.on(Feature.WEB_TO_STORE, store=store_code):
        return None
    return _why(
        _("Why can I not collect my order here?"),
        _("The webshop delivers only: no order is ever sent to this store."),
        _("Cross-channel: order on the web, collect and pay here."),
    )


def unknown_code(store_code: str) -> Why | None:
    """Why a code of the web is not known here; None where offers are shared."""
    if not _study() or channels.on(Feature.SHARED_PROMOTIONS, store=store_code):
        return None
    return _why(
        _("Why is the code from the web not known here?"),
        _(
            "The site and the stores each make their own offers. A code is known only"
            " where it was made."
        ),
        _("Omnichannel: one set of offers, on the site and in every store."),
    )


def unknown_gift_card() -> Why | None:
    """None where balances are one."""
    if not _study() or channels.on(Feature.UNIFIED_LOYALTY):
        return None
    return _why(
        _("Why is a gift card from the web not known here?"),
        _(
            "The site and the stores each sell their own gift cards. The money on a card"
            " lies with the one that sold it."
        ),
        _("Omnichannel: one balance, bought anywhere and spent anywhere."),
    )


def web_order(text: str) -> Why | None:
    """Why a till cannot take goods of a web order back; None where databases are one,
    or where no web order is meant."""
    if not _study() or channels.shared() or not WEB_ORDER.fullmatch(text.strip()):
        return None
    return _why(
        _("Why can I not bring back here what I bought on the web?"),
        _(
            "The order and its money are the webshop’s. This till cannot look them up,"
            " so nobody here can say what is left of it."
        ),
        _("Omnichannel: bought anywhere, brought back to any store."),
    )


def _why(question: str, now: str, other: str) -> Why:
    return {
        "level": channels.level(),
        "question": question,
        "now": now,
        "other": other,
    }


def _study() -> bool:
    return channels.current().snapshot.study_mode
