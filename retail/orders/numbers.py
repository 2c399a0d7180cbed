"""The number people read.

Numbers come from a sequence of the database the order is written in: unique there,
not without gaps. The letter says which channel placed the order; where databases are
joined or parted, the sequence is set above the highest number of what was moved.
"""

from collections.abc import Sequence
from uuid import UUID

from inventory.places import Origin
from inventory.questions import Question, Row

__all__ = ["LETTERS", "number_asked"]

LETTERS = {Origin.WEBSHOP: "W", Origin.POS: "M"}

# lpad cuts what is longer than its length, so the length grows with the number
_NEXT = """
SELECT %(letter)s || '-' || lpad(n::text, greatest(6, length(n::text)), '0')
FROM (SELECT nextval('retail_order_number_seq') AS n
      WHERE NOT EXISTS (SELECT 1 FROM retail_order WHERE id = %(id)s)) AS next
"""


def number_asked(id: UUID, origin: Origin) -> Question[str]:
    """The next number, for an order of this id; "", and none is used up, where it has
    been placed. What is not written after all leaves a gap."""
    given = {"letter": LETTERS[origin], "id": id}
    return Question(_NEXT, given, _number)


def _number(rows: Sequence[Row]) -> str:
    return str(rows[0][0]) if rows else ""
