"""What each move of a pickup takes from the API, and how its refusals are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from inventory.models import Location, LocationKind, Variant
from retail.fulfilment import deadlines, pickup
from retail.fulfilment.api_parts import Verb, picks, plain, units_of, with_text
from retail.fulfilment.models import PickupJob
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.reading import Reading

__all__ = ["HIDDEN", "PICKUP_VERBS", "REFUSALS"]

MOST_OFFERS = 20
# moves of the table that are no call of their own: what to do about missing goods is
# the customer's to say (POST orders/{id}/choices/), and "hand-over" takes a part too
HIDDEN = frozenset({"choose", "hand-over-part"})


def _short(job: PickupJob, body: Reading, given: Mapping[str, Any]) -> object:
    reason = body.text("reason", most=80, needed=True)
    offers = _offers(job, body)
    units = units_of(job, body, least=1)
    return pickup.short(job, units, reason=reason, offers=offers, **given)


def _offers(job: PickupJob, body: Reading) -> list[pickup.Instead]:
    """`offers [{gtin, instead_of, quantity}]`; `instead_of` is the missing one's GTIN."""
    rows = body.rows("offers", most=MOST_OFFERS, needed=False)
    positions = {line.gtin: line.position for line in job.lines.all()}
    asked = [(row, row.text("gtin", most=20, needed=True)) for row in rows]
    known = dict(
        Variant.objects.filter(gtin__in=[gtin for _row, gtin in asked]).values_list(
            "gtin", "id"
        )
    )
    found = []
    for row, gtin in asked:
        of = row.text("instead_of", most=20, needed=True)
        units = row.quantity("quantity")
        if gtin not in known:
            row.wrong("gtin", _("There is no such product."))
        elif of not in positions:
            row.wrong("instead_of", _("This is not among what was ordered."))
        else:
            found.append(pickup.Instead(positions[of], known[gtin], units))
    return found


def _await_transfer(job: PickupJob, body: Reading, given: Mapping[str, Any]) -> object:
    code = body.text("source", most=20, needed=True)
    reason = body.text("reason", most=80, default="missing")
    source = Location.objects.filter(code=code, kind=LocationKind.STORE).first()
    if code and source is None:
        body.wrong("source", _("There is no such store."))
    units = units_of(job, body, least=1)
    return pickup.await_transfer(job, units, source=source, reason=reason, **given)  # type: ignore[arg-type]


def _stage(job: PickupJob, body: Reading, given: Mapping[str, Any]) -> object:
    shelf = body.text("shelf", most=20, needed=True)
    bags = body.whole("bags", least=1, default=1)
    body.done()
    return pickup.stage(job, shelf=shelf, bags=bags, **given)


def _extend(job: PickupJob, body: Reading, given: Mapping[str, Any]) -> object:
    body.done()
    held = job.hold_until or job.placed_at
    until = deadlines.extended_until(job.location, held)
    return pickup.extend(job, until=until, **given)


def _hand_over(job: PickupJob, body: Reading, given: Mapping[str, Any]) -> object:
    """`lines` fewer than all that is here: a part leaves. A program has no PIN: it says
    that the name was checked, and may say why; the event tells that it was a key."""
    code = body.text("code", most=20)
    checked = body.flag("name_checked")
    reason = body.text("reason", most=80)
    identity = body.flag("identity_checked")
    if not code and not checked:
        body.wrong("code", _("Give the code, or say that the name was checked."))
    units = units_of(job, body, least=1, needed=False)
    return pickup.hand_over(
        job,
        code=code or None,
        name_checked=checked,
        reason=reason,
        identity_checked=identity,
        lines=units or None,
        **given,
    )


PICKUP_VERBS: dict[str, Verb] = {
    "accept": plain(pickup.accept),
    "reject": with_text(pickup.reject, "reason", most=80, needed=True),
    "start-picking": plain(pickup.start_picking),
    "pick": picks(pickup.pick),
    "short": _short,
    "await-transfer": _await_transfer,
    "transfer-arrived": plain(pickup.transfer_arrived),
    "stage": _stage,
    "ready": plain(pickup.ready),
    "extend": _extend,
    "check-in": with_text(pickup.check_in, "where", most=60, needed=False, to="place"),
    "hand-over": _hand_over,
    "expire": plain(pickup.expire),
    "restock": plain(pickup.restock),
    "cancel": with_text(pickup.cancel, "reason", most=80, needed=True),
}


def _not_free(error: pickup.OutOfStock) -> Problem:
    ids = [line.variant_id for line in error.lines]
    gtins = dict(Variant.objects.filter(id__in=ids).values_list("id", "gtin"))
    lines = [
        {"gtin": gtins[line.variant_id], "wanted": line.wanted, "available": line.free}
        for line in error.lines
    ]
    return Problem("out-of-stock", lines=lines)


REFUSALS = (
    (pickup.IdentityNeeded, lambda e: Problem("identity-needed", names=e.names)),
    (pickup.OutOfStock, _not_free),
    (
        pickup.BadOffer,
        lambda _e: invalid(offers=_("This cannot be offered for that line.")),
    ),
    (pickup.BadBags, lambda _e: invalid(bags=_("A number of bags from 1 to 30."))),
    (
        pickup.NotSameOwner,
        lambda _e: invalid(source=_("Goods cannot be brought from there.")),
    ),
    (pickup.NoTransfer, lambda _e: Problem("not-possible")),
    (pickup.ExtendedBefore, lambda _e: Problem("not-possible")),
)
