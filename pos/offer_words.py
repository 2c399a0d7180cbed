"""The texts of the till app about offers, codes and gift cards; see `words`."""

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
        "gift_card": _("Gift card"),
        "tender_gift": _("Gift card"),
        "gift_sell": _("Sell a gift card"),
        "gift_code": _("Code of the gift card"),
        "gift_holds": _("Card …%(tail)s holds"),
        "gift_pays": _("Pay %(amount)s with it"),
        "gift_amount": _("Another amount"),
        "gift_limits": _("From %(least)s to %(most)s"),
        "gift_this": _("Sell it"),
        "gift_no_tax": _("No VAT: it is due when the card is spent."),
        "gift_code_is": _("Gift card: whoever has this code can spend it."),
        "offer_lacks_amount": _("Products for %(amount)s more: %(offer)s"),
    }
