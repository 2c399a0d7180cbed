"""A product, as each database knows it: what it costs where, and what lies where."""

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.gtin import BadGtin, valid
from inventory.models import Price, StockLevel, Variant
from inventory.names import plain
from inventory.places import Origin
from retail import channels
from retail.customers.knows_rows import Answer, Group, Side, group
from retail.fulfilment.models import FeedState, StoreAvailability

MOST = 9  # products that fit a name


def fitting(alias: str, *, typed: str) -> list[Variant]:
    """By GTIN, or by all words of brand and name."""
    variants = Variant.objects.using(alias).select_related("product")
    try:
        return list(variants.filter(gtin=valid(typed)))
    except BadGtin:
        pass
    for word in plain(typed).split():
        variants = variants.filter(product__sort_name__contains=word)
    return list(variants.order_by("product__sort_name", "gtin")[:MOST])


def groups(alias: str, *, variant: Variant) -> list[Group]:
    now = timezone.now()
    return [
        group(
            _("Products"),
            Variant.objects.using(alias)
            .filter(gtin=variant.gtin)
            .select_related("product"),
            "product__name",
            "gtin",
            "product__brand",
            "size",
            aside=True,
        ),
        group(
            _("Prices"),
            Price.objects.using(alias)
            .filter(listing__variant__gtin=variant.gtin, valid_from__lte=now)
            .exclude(valid_to__lte=now)
            .select_related("listing")
            .order_by("origin", "-valid_from"),
            "amount",
            "currency",
            "former_amount",
            "listing__title",
        ),
        group(
            _("Stock"),
            StockLevel.objects.using(alias)
            .filter(variant__gtin=variant.gtin)
            .select_related("location")
            .annotate(available=F("on_hand") - F("reserved") - F("safety"))
            .order_by("location__name"),
            "location__name",
            "on_hand",
            "reserved",
            "safety",
            "available",
        ),
        group(
            _("Copy of the stores’ stock"),
            _copies(alias, variant),
            "location__name",
            "available",
            "open_requests",
            "as_of",
        ),
    ]


def _copies(alias: str, variant: Variant) -> list[StoreAvailability]:
    """With the moment at which each store was last heard."""
    as_of = dict(FeedState.objects.using(alias).values_list("location_id", "as_of"))
    rows = list(
        StoreAvailability.objects.using(alias)
        .filter(variant__gtin=variant.gtin)
        .select_related("location")
        .order_by("location__name")
    )
    for row in rows:
        row.as_of = as_of.get(row.location_id)  # type: ignore[attr-defined]
    return rows


def tell(answer: Answer, typed: str, variant: Variant | None) -> None:
    """The finding, and in plain words what each open side lacks."""
    in_use = [side for side in answer.sides if side.open and not side.away]
    if variant is None:
        answer.finding = _("No product is called “%(typed)s”.") % {"typed": typed}
        return
    for side in in_use:
        side.missing = _missing(side)
    if channels.shared():
        answer.finding = _("One stock for everybody, as it is now.")
    elif _copied(in_use):
        answer.finding = _("The site works with a copy of the stores’ stock.")
    else:
        answer.finding = _("Each side counts its own stock and sees no other.")


def _missing(side: Side) -> list[str]:
    owners = {
        row.origin
        for each in side.groups
        if each.table == StockLevel._meta.db_table
        for row in each.rows
    }
    said: list[str] = []
    if side.alias == "webshop" and Origin.POS not in owners and not _copied([side]):
        said.append(_("What lies in the stores is unknown here."))
    elif side.alias == "webshop" and _copied([side]):
        said.append(
            _("The stores’ own stock is not here: only a copy, and it has an age.")
        )
    if side.alias == "pos" and Origin.WEBSHOP not in owners:
        said.append(_("What lies in the web’s warehouse is unknown here."))
    if not any(each.table == Price._meta.db_table for each in side.groups):
        said.append(_("No price: it is not sold here."))
    return said


def _copied(sides: list[Side]) -> bool:
    """Whether the site goes by a copy; an old one may lie there after the level fell."""
    table = StoreAvailability._meta.db_table
    return channels.on(channels.Feature.WEB_TO_STORE) and any(
        each.table == table for side in sides for each in side.groups
    )
