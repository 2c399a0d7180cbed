"""What a store's manager decides about pickup: the switches, and blocked products.

Everything here acts on the store's own rows, inside the caller's transaction. Where
databases are apart the webshop learns of it with the next feed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory import blocking
from inventory.blocking import Blocked, unblock
from inventory.ids import derived
from inventory.models import Location
from retail.fulfilment.models import PickupSetting
from retail.fulfilment.sourcing import owns
from retail.messages.handlers import TooEarly

__all__ = [
    "BLOCKED_FOR",
    "SLOT_LENGTHS",
    "BadSetting",
    "Blocked",
    "NotOurs",
    "block",
    "blocked_at",
    "change",
    "on_place_opened",
    "setting_of",
    "unblock",
]

SLOT_LENGTHS = (15, 30, 60, 120)  # minutes; what divides the day
BLOCKED_FOR = timedelta(hours=24)
# name → least and most
LIMITS = {
    "capacity": (1, 9999),
    "buffer": (0, 999),
    "minutes_per_order": (0, 240),
    "identity_from": (1, 99_999),
}
AMOUNTS = ("identity_from",)  # of euros, or none


class NotOurs(Exception):
    """The place's rows lie in another database."""


class BadSetting(Exception):
    """`errors` says of each value what is wrong with it, in words for people."""

    def __init__(self, errors: Mapping[str, str | Promise]) -> None:
        super().__init__({name: str(text) for name, text in errors.items()})
        self.errors = dict(errors)


def setting_of(location: Location) -> PickupSetting:
    """As the manager left it; unsaved and with the defaults where nobody has."""
    found = PickupSetting.objects.filter(location=location).first()
    return found or PickupSetting(
        id=derived(location.id, "pickup-setting"),
        origin=location.channel,
        location=location,
    )


def change(
    location: Location, *, by: str, at: datetime | None = None, **values: Any
) -> PickupSetting:
    """Set some of `paused`, `capacity`, `slot_minutes`, `buffer`, `minutes_per_order`,
    `cut_off`, `identity_from`; the rest stays. The row tells who changed it last and
    when; what is as it was changes nothing. Raises BadSetting, NotOurs."""
    if not owns(location):
        raise NotOurs
    _check(values)
    setting = setting_of(location)
    changed = [name for name in values if getattr(setting, name) != values[name]]
    if not changed:
        return setting
    setting, _made = PickupSetting.objects.update_or_create(
        location=location,
        defaults={
            **{name: values[name] for name in changed},
            "changed_at": at or timezone.now(),
            "by": by[:80],
        },
        create_defaults={
            "id": setting.id,
            "origin": setting.origin,
            **values,
            "changed_at": at or timezone.now(),
            "by": by[:80],
        },
    )
    return setting


def on_place_opened(
    payload: Mapping[str, Any], *, subject: UUID, version: int, at: datetime
) -> None:
    """Handler of `place.opened`: the terms that the new store begins with. Raises
    TooEarly where the store has not come yet."""
    store = Location.objects.filter(id=subject).first()
    if store is None:
        raise TooEarly(subject)
    terms = dict(payload["terms"])
    if terms.get("cut_off"):
        terms["cut_off"] = time.fromisoformat(terms["cut_off"])
    change(store, by=payload["by"], at=at, **terms)


def _check(values: Mapping[str, Any]) -> None:
    errors: dict[str, str | Promise] = {}
    for name, value in values.items():
        if name in LIMITS:
            least, most = LIMITS[name]
            if name in AMOUNTS and value is None:
                continue
            kind = Decimal if name in AMOUNTS else int
            if type(value) is not kind or not least <= value <= most:
                errors[name] = _("Between %(least)s and %(most)s.") % {
                    "least": least,
                    "most": most,
                }
        elif name == "slot_minutes":
            if value not in SLOT_LENGTHS:
                errors[name] = _("Choose one of the lengths.")
        elif name == "paused":
            if type(value) is not bool:
                errors[name] = _("Yes or no.")
        elif name == "cut_off":
            if value is not None and type(value) is not time:
                errors[name] = _("A time of the day, such as 18:00.")
        else:
            raise TypeError(name)
    if errors:
        raise BadSetting(errors)


def block(
    location: Location,
    variant_id: UUID,
    until: datetime | None = None,
    *,
    at: datetime | None = None,
) -> None:
    """Somebody looked for it in vain: nothing of it is promised here until then, a day
    from now unless said. Goods that arrive, and every correction of the books, end the
    block: so call this after the correction. One statement."""
    blocking.block(location, variant_id, until or (at or timezone.now()) + BLOCKED_FOR)


def blocked_at(location: Location, now: datetime | None = None) -> list[Blocked]:
    """What is blocked there now, by name. One query."""
    return blocking.blocked(location, now or timezone.now())
