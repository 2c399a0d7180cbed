"""The two letters about a thing that was sold out: rows for `retail.notices` to send."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from inventory.ids import derived
from retail.alerts.models import StockAlert
from retail.notices import links
from retail.notices.models import Notice, Way
from retail.notices.words import Words

__all__ = ["BACK", "CONFIRM", "KINDS", "alert_of", "letter_of", "write"]

CONFIRM, BACK = "alert_confirm", "back_in_stock"
KINDS = frozenset({CONFIRM, BACK})


def write(kind: str, alerts: Iterable[StockAlert], *, at: datetime) -> None:
    """In the transaction of its cause, once for each; one INSERT."""
    Notice.objects.bulk_create(
        [
            Notice(
                id=derived(each.id, "notice", kind, Way.EMAIL, ""),
                origin=each.origin,
                kind=kind,
                way=Way.EMAIL,
                subject=each.id,
                address=each.email,
                language=each.language,
                made_at=at,
                due_at=at,
            )
            for each in alerts
        ],
        ignore_conflicts=True,
    )


def alert_of(notice: Notice) -> StockAlert | None:
    """None where it was ended before its letter left. One query."""
    return StockAlert.objects.filter(id=notice.subject).first()


def letter_of(notice: Notice) -> dict[str, Any]:
    """{"words", "name", "foot": why they get it, "end": what ends all they wait for}.
    One query. Raises StockAlert.DoesNotExist."""
    related = StockAlert.objects.select_related(
        "variant__product", "location", "customer"
    )
    alert = related.get(id=notice.subject)
    if notice.kind == CONFIRM:
        foot = _("You get this letter because your address was typed in our shop.")
    else:
        foot = _("You get this letter because you asked for it. It comes once.")
    return {
        "words": _words(notice.kind, alert),
        "name": alert.customer.first_name if alert.customer else "",
        "foot": foot,
        "end": links.url(links.ALERT, alert.id),
    }


def _words(kind: str, alert: StockAlert) -> Words:
    product = alert.variant.product
    name = ", ".join(filter(None, [product.brand, product.name]))
    where = (
        _("in the store %(place)s") % {"place": alert.location.name}
        if alert.location
        else _("for home delivery")
    )
    told = {"product": name, "where": where}
    if kind == CONFIRM:
        return Words(
            _("Shall we tell you when it is back?"),
            [
                _(
                    "Somebody asked us to write here once this is to be had"
                    " %(where)s: %(product)s."
                )
                % told,
                _("If it was you, confirm it. If not, do nothing: we write no more."),
            ],
            action=_("Yes, tell me"),
            link=links.url(links.ALERT, alert.id),
        )
    return Words(
        _("It is back: %(product)s") % told,
        [
            _("It is to be had again %(where)s.") % told,
            _("We keep none aside: it is sold while there is some."),
        ],
        action=_("See it in the shop"),
        link=links.address("shop_product", alert.variant.gtin),
    )
