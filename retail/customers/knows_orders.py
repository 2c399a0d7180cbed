"""An order, as each database knows it: the order, its part in a store, the messages."""

from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext as _

from inventory.models import Reservation
from retail.customers.knows_rows import Answer, Group, Side, group
from retail.fulfilment.models import Fulfilment, PickupJob, ShipJob
from retail.messages.models import InboxMessage, OutboxMessage
from retail.orders.models import Order
from retail.payments.models import Payment

JOBS = {PickupJob._meta.db_table, ShipJob._meta.db_table}


def groups(alias: str, *, number: str) -> list[Group]:
    orders = list(Order.objects.using(alias).filter(number=number))
    promises = list(
        Fulfilment.objects.using(alias)
        .filter(order__in=[order.id for order in orders])
        .select_related("location")
    )
    pickups = list(
        PickupJob.objects.using(alias)
        .filter(order_number=number)
        .select_related("location")
    )
    parcels = list(
        ShipJob.objects.using(alias)
        .filter(order_number=number)
        .select_related("location")
    )
    ids: set[UUID] = {each.id for each in [*promises, *pickups, *parcels]}
    ticket = apps.get_model("pos", "Ticket")  # the stores' room is above this one
    return [
        group(
            _("Orders"),
            orders,
            "number",
            "first_name",
            "last_name",
            "email",
            "total",
            "placed_at",
            state="status",
        ),
        group(
            _("Payments"),
            Payment.objects.using(alias).filter(order__in=[o.id for o in orders]),
            "amount",
            "method",
            "status",
        ),
        group(
            _("What was promised"),
            promises,
            "location__name",
            "method",
            "collector",
            "due",
            "ready_by",
            state="status",
        ),
        group(
            _("Pickup in the store"),
            pickups,
            "location__name",
            "order_number",
            "customer_name",
            "due",
            "paid",
            "shelf",
            "ready_by",
            state="status",
        ),
        group(
            _("Parcel"),
            parcels,
            "location__name",
            "order_number",
            "customer_name",
            "tracking",
            state="status",
        ),
        group(
            _("Goods set aside"),
            Reservation.objects.using(alias)
            .filter(reference__in=[str(id) for id in ids])
            .select_related("variant", "location"),
            "variant__gtin",
            "quantity",
            "state",
            "location__name",
        ),
        group(
            _("Till tickets"),
            ticket.objects.using(alias)
            .filter(order_number=number)
            .select_related("till__location"),
            "till__location__name",
            "number",
            "total",
            "sold_at",
        ),
        group(
            _("Messages sent"),
            OutboxMessage.objects.using(alias)
            .filter(subject__in=ids)
            .order_by("made_at", "id"),
            "kind",
            "version",
            "made_at",
            "sent_at",
        ),
        group(
            _("Messages received"),
            InboxMessage.objects.using(alias)
            .filter(subject__in=ids)
            .order_by("handled_at", "id"),
            "kind",
            "version",
            "handled_at",
        ),
    ]


def tell(answer: Answer, typed: str) -> None:
    """The finding, and in plain words what each open side lacks."""
    in_use = [side for side in answer.sides if side.open and not side.away]
    for side in in_use:
        side.missing = _missing(side, in_use)
    knowing = {side.alias for side in in_use if side.found}
    if not knowing:
        answer.finding = _("Nobody here knows the order %(number)s.") % {
            "number": typed.upper()
        }
    elif "shared" in knowing:
        answer.finding = _("One database has the whole order.")
    elif knowing == {"webshop", "pos"}:
        answer.finding = _("The site has the order, the store has its part of it.")
    elif knowing == {"pos"}:
        answer.finding = _("Only the stores know this order.")
    else:
        answer.finding = _("Only the site knows this order.")


def _missing(side: Side, in_use: list[Side]) -> list[str]:
    if side.found:
        tables = {each.table for each in side.groups}
        if tables & JOBS and Order._meta.db_table not in tables:
            return [
                _(
                    "No order here: the store knows what to hand over, to whom, and"
                    " what is due. Not who ordered, nor what else."
                )
            ]
        return []
    if not any(other.found for other in in_use):
        return [_("No order with this number.")]
    if side.alias == "pos":
        return [
            _("The stores have not heard of this order."),
            _("It is prepared in the web’s warehouse, or no message has arrived yet."),
        ]
    return [_("The site has not heard of this order.")]
