"""The texts of the till app about offers and codes; see `words`."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def offer_words() -> dict[str, str | list[str]]:
    return {
        "coupon_title": _("Coupon"),
        "coupon_named": _("%(code)s: %(offer)s"),
        "offers_changed": _("The offers have changed: check the total, then charge."),
        "offer_lacks_units": [
            ngettext(
                "Add %(count)s more: %(offer)s", "Add %(count)s more: %(offer)s", n
            )
            for n in (1, 2)
        ],
        "offer_lacks_amount": _("Products for %(amount)s more: %(offer)s"),
    }
