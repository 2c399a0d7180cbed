"""The till's texts for what is sold by weight."""

from django.utils.translation import gettext as _


def weight_words() -> dict[str, str | list[str]]:
    return {
        "weight": _("Weight"),
        "weight_hint": _("482 is grams, 0.482 is kilos"),
        "weight_wanted": _("Weigh it, or type what it weighs."),
        "weigh": _("Read the scale"),
        "weigh_simulated": _("Read the scale (simulated)"),
        "weigh_add": _("Put on the ticket"),
        "weigh_back": _("Take back"),
        "weight_back": _("Weight coming back"),
        "all_of_it": _("All of it"),
    }
