"""What the dial means: levels, features, what each needs.

"What differs between the levels?" is answered here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How far the channels are integrated: a preset over features."""

    MULTICHANNEL = "multichannel", _("Multichannel")
    CROSS_CHANNEL = "cross-channel", _("Cross-channel")
    OMNICHANNEL = "omnichannel", _("Omnichannel")
    CUSTOM = "custom", _("Custom")


class Feature(models.TextChoices):
    """One thing that the channels share."""

    WEB_TO_STORE = "web_to_store", _("Order on the web, collect in a store")
    SHARED_DATABASE = "shared_database", _("One database for both channels")
    UNIFIED_CUSTOMERS = "unified_customers", _("One profile per customer")
    UNIFIED_LOYALTY = "unified_loyalty", _("Points earned and spent anywhere")
    SHARED_PROMOTIONS = "shared_promotions", _("Offers and coupons valid everywhere")
    ENDLESS_AISLE = "endless_aisle", _("Stores send what the warehouse lacks")


NEEDS: dict[Feature, tuple[Feature, ...]] = {
    Feature.WEB_TO_STORE: (),
    Feature.SHARED_DATABASE: (),
    Feature.UNIFIED_CUSTOMERS: (Feature.SHARED_DATABASE,),
    Feature.UNIFIED_LOYALTY: (Feature.UNIFIED_CUSTOMERS,),
    Feature.SHARED_PROMOTIONS: (Feature.SHARED_DATABASE,),
    Feature.ENDLESS_AISLE: (Feature.SHARED_DATABASE,),
}
# Turned on for pilot stores, or for a share of the customers.
PILOTABLE = frozenset(
    {Feature.WEB_TO_STORE, Feature.SHARED_PROMOTIONS, Feature.ENDLESS_AISLE}
)
# Moves data, so it is changed by a switch run and by nothing else.
SWITCHED = frozenset({Feature.SHARED_DATABASE})

PRESETS: dict[Level, frozenset[Feature]] = {
    Level.MULTICHANNEL: frozenset(),
    Level.CROSS_CHANNEL: frozenset({Feature.WEB_TO_STORE}),
    Level.OMNICHANNEL: frozenset(Feature),
}


def level_of(features: Iterable[Feature]) -> Level:
    """The level whose preset these features are; anything between is custom."""
    found = frozenset(features)
    for level, preset in PRESETS.items():
        if found == preset:
            return level
    return Level.CUSTOM


def missing_for(feature: Feature, features: Iterable[Feature]) -> tuple[Feature, ...]:
    """What `feature` needs, directly or by way of another, that is not on."""
    have = set(features)
    missing: list[Feature] = []
    for need in NEEDS[feature]:
        missing += [each for each in missing_for(need, have) if each not in missing]
        if need not in have and need not in missing:
            missing.append(need)
    return tuple(missing)


def dependents_of(feature: Feature, features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Features that are on and would miss this one."""
    rest = set(features) - {feature}
    return tuple(each for each in Feature if each in rest and missing_for(each, rest))
