from django.db import models

from inventory.ids import new_id
from inventory.places import Origin


class Row(models.Model):
    """A business row: an id from its maker and one owner, for ever.

    Joining databases is the union of such rows, parting them the split by `origin`.
    `origin` is given by the verb that writes; it is never taken from the context.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    origin = models.CharField(max_length=11, choices=Origin, editable=False)

    class Meta:
        abstract = True


def owned(name: str) -> models.CheckConstraint:
    """Guards the split by owner: a row of nobody would be lost when parting."""
    return models.CheckConstraint(
        name=f"{name}_has_owner", condition=models.Q(origin__in=Origin.values)
    )


def owned_by(name: str, *origins: str) -> models.CheckConstraint:
    """Guards tables of which only some owners may have rows."""
    return models.CheckConstraint(
        name=f"{name}_has_owner", condition=models.Q(origin__in=origins)
    )
