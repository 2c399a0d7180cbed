"""What a till's clock says is a claim: the device writes it, and the ticket keeps it as
it was printed. How far it may be from the moment the ticket arrived."""

from datetime import datetime, timedelta

from django.db.models import F, Q

# a clock may run fast for a few minutes; another system's tickets may come a week late
AHEAD = timedelta(minutes=10)
BEHIND = timedelta(days=8)

STRANGE = Q(sold_at__gt=F("received_at") + AHEAD) | Q(
    sold_at__lt=F("received_at") - BEHIND
)


def moment_of(claimed: datetime, *, arrived: datetime) -> datetime:
    """When it was sold, for what depends on the time: as the till says where that can
    be, else when the ticket arrived. A clock that is set to last month, or to tomorrow,
    opens no offer that is over or has not begun."""
    believable = arrived - BEHIND <= claimed <= arrived + AHEAD
    return claimed if believable else arrived
