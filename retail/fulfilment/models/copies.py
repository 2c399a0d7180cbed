"""The webshop's copy of what stores could promise: derived, never moved."""

from django.db import models
from django.db.models import Q

from inventory.models import Location, Row, Variant, owned_by
from inventory.places import Origin


class StoreAvailability(Row):
    """The webshop's copy of what a store could promise at `FeedState.as_of`: derived.
    `open_requests` are units asked of the store that it has not answered yet."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE)
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE)
    available = models.IntegerField()
    open_requests = models.IntegerField(default=0)
    sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            owned_by("store_availability", Origin.WEBSHOP),
            models.UniqueConstraint(
                fields=["location", "variant"], name="one_feed_row_per_place"
            ),
            models.CheckConstraint(
                name="open_requests_not_negative", condition=Q(open_requests__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return str(self.available)


class FeedState(Row):
    """When a store's stock was last read, and up to which reading. `terms` are the
    store's pickup settings and its open work at that moment (`terms.Terms`). `mark`
    says what to read next time: what changed since (`readings`), or everything, where
    there is none. `full_at` is when everything was read."""

    location = models.OneToOneField(Location, on_delete=models.CASCADE)
    sequence = models.BigIntegerField(default=0)
    as_of = models.DateTimeField()
    terms = models.JSONField(default=dict, blank=True)
    mark = models.BigIntegerField(null=True)
    full_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [owned_by("feed_state", Origin.WEBSHOP)]

    def __str__(self) -> str:
        return str(self.as_of)
