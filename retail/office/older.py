"""Where a long log goes on: lines of one moment are told apart by their ids."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.dateparse import parse_datetime


def before(told: str) -> Q:
    """Rows older than what `mark` told of one; all of them where that is nothing."""
    at, _, id = told.partition(" ")
    try:
        found = parse_datetime(at)
        last = UUID(id)
    except ValueError:
        return Q()
    if found is None or not found.tzinfo:
        return Q()
    return Q(at__lt=found) | Q(at=found, id__lt=last)


def mark(at: datetime, id: UUID) -> str:
    return f"{at.isoformat()} {id}"
