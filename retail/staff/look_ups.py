"""Colleagues search for customers as often as their work needs it, and head office sees
how often that was."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connections
from django.utils import timezone

from inventory.ids import new_id
from retail.staff.look_up_models import Key
from retail.staff.models import Employee

WITHIN = timedelta(minutes=10)


class TooManyLookUps(Exception):
    """No more before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until:%H:%M}")
        self.until = until

    @property
    def minutes(self) -> int:
        """Left to wait, rounded up."""
        return max(1, -(-(self.until - timezone.now()) // timedelta(minutes=1)))


def note(employee: Employee, key: str, *, at: datetime | None = None) -> None:
    """One search by `key`: counted and kept by one statement, before it is looked at.
    Raises TooManyLookUps; that is kept too.

    A count begins with the first search and ends ten minutes later. It is a row, changed
    on a condition: sixty-one at once get sixty answers.
    """
    now = at or timezone.now()
    with connections["default"].cursor() as cursor:
        cursor.execute(
            """
            WITH counted AS (
              UPDATE staff_employee SET
                looked_up = CASE WHEN looked_up_from > %(before)s
                  THEN looked_up + 1 ELSE 1 END,
                looked_up_from = CASE WHEN looked_up_from > %(before)s
                  THEN looked_up_from ELSE %(now)s END
              WHERE id = %(id)s AND (%(most)s = 0 OR looked_up < %(most)s
                OR looked_up_from IS NULL OR looked_up_from <= %(before)s)
              RETURNING id
            )
            INSERT INTO staff_lookup
              (id, at, employee_id, by, location_code, key, refused)
            SELECT %(line)s, %(now)s, %(id)s, %(by)s, %(place)s, %(key)s,
              NOT EXISTS (SELECT FROM counted)
            RETURNING refused
            """,
            {
                "id": employee.pk,
                "by": employee.first_name,
                "place": employee.location_code,
                "key": Key(key).value,
                "line": new_id(),
                "now": now,
                "before": now - WITHIN,
                "most": settings.LIMITS.look_ups,
            },
        )
        (refused,) = cursor.fetchone()
    if refused:
        began = Employee.objects.values_list("looked_up_from", flat=True)
        raise TooManyLookUps((began.get(pk=employee.pk) or now) + WITHIN)
