"""Which place fills an order, and whose stock that is."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from inventory.models import Location, LocationKind
from retail.channels import Channel, Feature, current, database_for, kept, on
from retail.fulfilment.closings import has_closed

__all__ = ["KIND", "owns", "stores", "warehouse"]

KIND = "fulfilment"  # of reservations and movements; the reference is the promise's id


def owns(location: Location) -> bool:
    """Whether this place's stock lies in the database written now.

    What verbs branch by between the levels: where it is true one reserves and acts at
    once, where it is false it claims on the feed and asks by message.
    """
    return database_for(Channel(location.channel)) == current().database


@kept
def warehouse() -> Location:
    """The place that ships the webshop's orders. Raises Location.DoesNotExist."""
    return Location.objects.filter(
        kind=LocationKind.WAREHOUSE, channel=Channel.WEBSHOP
    ).earliest("code")


def stores(
    *, customer: UUID | None = None, among: QuerySet[Location] | None = None
) -> list[Location]:
    """The stores where orders are collected, for this customer. 1 query. A store that
    takes none for the moment is among them: see `terms`."""
    places = Location.objects.all() if among is None else among
    found = places.filter(kind=LocationKind.STORE).order_by("code")
    return [
        store
        for store in found
        if on(Feature.WEB_TO_STORE, store=store.code, customer=customer)
        and not has_closed(store, timezone.now())
    ]
