"""Opening hours in words."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.models import Location
from retail import formatting
from retail.fulfilment.promises import BadHours, Week, hours_of

Spans = tuple[tuple[time, time], ...]


def week_in_words(location: Location) -> list[tuple[str, str]]:
    """[("Mon – Sat", "8:30 am – 9 pm"), …]; neighbours with equal hours together. Hours
    that cannot be read are left out."""
    week = _week(location)
    if week is None:
        return []
    names = formatting.DAYS_FR if formatting.french() else formatting.DAYS_EN
    groups: list[tuple[int, int, Spans]] = []
    for day, spans in enumerate(week):
        if groups and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], day, spans)
        else:
            groups.append((day, day, spans))
    return [
        (
            names[first] if first == last else f"{names[first]} – {names[last]}",
            ", ".join(_span(*span) for span in spans) or _("closed"),
        )
        for first, last, spans in groups
    ]


def now_in_words(location: Location, now: datetime) -> str:
    """`open until 9 pm`, `closed, opens tomorrow, 9 am`; empty where nobody knows."""
    week = _week(location)
    if week is None:
        return ""
    zone = ZoneInfo(location.timezone)
    local = now.astimezone(zone)
    for later in range(8):
        day = local.date() + timedelta(days=later)
        for start, end in week[day.weekday()]:
            opens = datetime.combine(day, start, zone)
            if opens <= local and local.time() < end and not later:
                return _("open until %(hour)s") % {"hour": _hour(end)}
            if opens > local:
                at = formatting.day_time(opens, now=now)
                return _("closed, opens %(at)s") % {"at": at}
    return ""


def _week(location: Location) -> Week | None:
    try:
        return hours_of(location)
    except BadHours:
        return None


def _span(start: time, end: time) -> str:
    return f"{_hour(start)} – {_hour(end)}"


def _hour(at: time) -> str:
    """The hour on the clock, whatever the zone."""
    zone = timezone.get_current_timezone()
    return formatting.hour(datetime.combine(date(2000, 1, 1), at, zone))
