"""The tiles of a store's tills, as its manager arranged them."""

from django.db import models

from inventory.models import Location, Row, owned_by
from inventory.places import Origin

__all__ = ["QuickKeys"]


class QuickKeys(Row):
    """`pages` in their order: [{"name", "tone", "gtins": [...]}]. An article that is not
    sold any more stays in it, and has no tile."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    pages = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            owned_by("quick_keys", Origin.POS),
            models.UniqueConstraint(
                fields=["location"], name="one_arrangement_per_store"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location_id}: {len(self.pages)}"
