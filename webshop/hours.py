"""Opening hours in words."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.models import Location
from retail import formatting
from retail.fulfilment.closings import is_closed
from retail.fulfilment.hours import (
    BadHours,
    Hours,
    Spans,
    hours_of,
    is_holiday,
    open_now,
    open_on,
)

AHEAD = 45  # days for which public holidays are named


def week_in_words(location: Location) -> list[tuple[str, str]]:
    """[("Mon – Sat", "8:30 am – 9 pm"), …]; neighbours with equal hours together, then
    public holidays where the hours speak of them. Hours that cannot be read are left
    out."""
    known = _known(location)
    if known is None:
        return []
    names = formatting.DAYS_FR if formatting.french() else formatting.DAYS_EN
    groups: list[tuple[int, int, Spans]] = []
    for day, spans in enumerate(known.week):
        if groups and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], day, spans)
        else:
            groups.append((day, day, spans))
    found = [
        (
            names[first] if first == last else f"{names[first]} – {names[last]}",
            _spans(spans),
        )
        for first, last, spans in groups
    ]
    if known.holidays is not None and location.hours not in ("", "24/7"):
        found.append((_("public holidays"), _spans(known.holidays)))
    return found


def now_in_words(location: Location, now: datetime) -> str:
    """`open until 9 pm`, `closed, opens tomorrow, 9 am`; empty where nobody knows."""
    if _known(location) is None:
        return ""
    zone = ZoneInfo(location.timezone)
    local = now.astimezone(zone)
    for later in range(AHEAD):
        day = local.date() + timedelta(days=later)
        for start, end in open_on(location, day):
            opens = datetime.combine(day, start, zone)
            if opens <= local and local.time() < end and not later:
                return _("open until %(hour)s") % {"hour": hour_of(end)}
            if opens > local:
                at = formatting.day_time(opens, now=now)
                return _("closed, opens %(at)s") % {"at": at}
    return ""


def is_open(location: Location, now: datetime) -> bool:
    """False where the hours cannot be read."""
    return _known(location) is not None and open_now(location, now)


def holidays_in_words(location: Location, now: datetime) -> list[tuple[str, str]]:
    """[("Friday 25 December", "closed")]: the public holidays of the next AHEAD days,
    each with what holds there on that day. Not those on which it is closed anyway."""
    if _known(location) is None:
        return []
    zone = ZoneInfo(location.timezone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=later) for later in range(AHEAD))
    return [
        (
            formatting.day(datetime.combine(day, time(12), zone), long=True),
            _spans(open_on(location, day)),
        )
        for day in days
        if is_holiday(location, day) and not is_closed(location, day)
    ]


def _known(location: Location) -> Hours | None:
    try:
        return hours_of(location)
    except BadHours:
        return None


def _spans(spans: Spans) -> str:
    return ", ".join(_span(*span) for span in spans) or _("closed")


def _span(start: time, end: time) -> str:
    return f"{hour_of(start)} – {hour_of(end)}"


def hour_of(at: time) -> str:
    """The hour on the clock, whatever the zone."""
    zone = timezone.get_current_timezone()
    return formatting.hour(datetime.combine(date(2000, 1, 1), at, zone))
