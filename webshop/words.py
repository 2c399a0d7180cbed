"""What a package says of itself and what its ingredients name, in the reader's words."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "organic": _("Organic"),
    "fairtrade": _("Fair trade"),
    "gluten-free": _("Gluten-free"),
    "vegan": _("Vegan"),
    "no-palm-oil": _("No palm oil"),
    "no-added-sugar": _("No added sugar"),
}

# of the fourteen of inventory/ingredients.py
ALLERGENS = {
    "gluten": _("gluten"),
    "crustaceans": _("crustaceans"),
    "eggs": _("eggs"),
    "fish": _("fish"),
    "peanuts": _("peanuts"),
    "soya": _("soya"),
    "milk": _("milk"),
    "nuts": _("nuts"),
    "celery": _("celery"),
    "mustard": _("mustard"),
    "sesame": _("sesame"),
    "sulphites": _("sulphites"),
    "lupin": _("lupin"),
    "molluscs": _("molluscs"),
}
