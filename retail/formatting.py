"""Amounts, times and codes as people read them, in the language that is active.

No database and no request: values in, text out. Amounts are `Decimal` in euros (or the
currency named), moments are aware datetimes and are shown in the current time zone.
French follows the Imprimerie nationale: no-break space before units, narrow no-break
space between thousands.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from inventory.money import rounded

NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF"}

DAYS_FR = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# fmt: off
MONTHS_FR = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)
MONTHS_EN = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)
# fmt: on

Pace = Literal["calm", "soon", "late"]


def french() -> bool:
    return (get_language() or "").startswith("fr")


def number(value: int | Decimal, *, places: int = 0) -> str:
    """1514 → `1 514` or `1,514`; the point or comma of the language, a true minus."""
    text = f"{abs(value):,.{places}f}"
    if french():
        text = text.translate({ord(","): NARROW, ord("."): ","})
    return (MINUS if value < 0 else "") + text


def quantity(value: int, unit: str = "piece") -> str:
    """`3`; `12,5 kg` of what is counted in grams."""
    if unit != "gram":
        return number(value)
    kilos = number(Decimal(value) / 1000, places=3).rstrip("0").rstrip(",.")
    return f"{kilos}{NBSP}kg"


@dataclass(frozen=True)
class Parts:
    """An amount in the order in which it is read: `before`, whole, `after`."""

    before: str
    whole: str
    after: str


def money_parts(amount: Decimal, currency: str = "EUR") -> Parts:
    """`4`, `,67 €` in French; `€`, `4`, `.67` in English."""
    sign = SIGNS.get(currency, currency)
    text = number(rounded(amount), places=2)
    whole, cents = text[:-3], text[-3:]
    if french():
        return Parts("", whole, f"{cents}{NBSP}{sign}")
    # A sign made of letters stands apart: CHF 4.67.
    lead = sign if len(sign) == 1 else f"{sign}{NBSP}"
    minus = MINUS if whole.startswith(MINUS) else ""
    return Parts(minus + lead, whole.removeprefix(MINUS), cents)


def money(amount: Decimal, currency: str = "EUR") -> str:
    parts = money_parts(amount, currency)
    return parts.before + parts.whole + parts.after


def unit_price(amount: Decimal, net_quantity: Decimal, net_unit: str) -> str:
    """The price per kilo, litre or piece that French law asks beside every price
    (arrêté du 3 décembre 1987). `net_unit` is g, ml or piece; empty when unknown."""
    if not net_quantity or net_unit not in {"g", "ml", "piece"}:
        return ""
    if net_unit == "piece":
        return _("%(price)s each") % {"price": money(amount / net_quantity)}
    price = money(amount / net_quantity * 1000)
    if net_unit == "g":
        return _("%(price)s per kilo") % {"price": price}
    return _("%(price)s per litre") % {"price": price}


def distance(metres: int) -> str:
    """`600 m`, `1,7 km`: to fifty metres under a kilometre, to a hundred above."""
    if metres < 975:
        return f"{max(50, round(metres / 50) * 50)}{NBSP}m"
    return number(Decimal(metres) / 1000, places=1) + f"{NBSP}km"


def hour(at: datetime) -> str:
    """`17 h`, `8 h 05`; `5 pm`, `8:05 am`."""
    local = timezone.localtime(at)
    if french():
        minutes = f"{NBSP}{local.minute:02}" if local.minute else ""
        return f"{local.hour}{NBSP}h{minutes}"
    minutes = f":{local.minute:02}" if local.minute else ""
    half = "am" if local.hour < 12 else "pm"
    return f"{local.hour % 12 or 12}{minutes}{NBSP}{half}"


def slot(start: datetime, end: datetime) -> str:
    """`17 h – 18 h`, `5 pm – 6 pm`."""
    return f"{hour(start)}{NBSP}{DASH} {hour(end)}"


def short_date(day: date) -> str:
    """`sam. 21 nov.`, `Sat 21 Nov`; the first of a month is `1er` in French."""
    if french():
        ordinal = "1er" if day.day == 1 else str(day.day)
        return f"{DAYS_FR[day.weekday()]} {ordinal}{NBSP}{MONTHS_FR[day.month - 1]}"
    return f"{DAYS_EN[day.weekday()]} {day.day}{NBSP}{MONTHS_EN[day.month - 1]}"


def long_date(day: date) -> str:
    """`samedi 21 novembre`, `Saturday 21 November`."""
    if french() and day.day == 1:
        return date_format(day, r"l \1\e\r F")
    return date_format(day, "l j F")


def day(at: datetime, *, now: datetime | None = None, long: bool = False) -> str:
    """Today, tomorrow and yesterday in words, other days by date (with the year when
    it is another one)."""
    then = timezone.localtime(at).date()
    today = timezone.localtime(now or timezone.now()).date()
    words = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    near = words.get((then - today).days)
    if near is not None:
        return near
    text = long_date(then) if long else short_date(then)
    return text if then.year == today.year else f"{text} {then.year}"


def day_time(at: datetime, *, now: datetime | None = None, long: bool = False) -> str:
    """`aujourd’hui, 17 h`, `Sat 21 Nov, 5 pm`."""
    return f"{day(at, now=now, long=long)}, {hour(at)}"


def span(length: timedelta) -> str:
    """How long, rounded down: `40 s`, `24 min`, `1 h 12 min`, `3 days`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds}{NBSP}s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        whole = f"{hours}{NBSP}h"
        return f"{whole}{NBSP}{minutes:02}{NBSP}min" if minutes else whole
    return _("%(count)s days") % {"count": hours // 24}


def ago(at: datetime, *, now: datetime | None = None) -> str:
    return _("%(span)s ago") % {"span": span((now or timezone.now()) - at)}


def until(due: datetime, *, now: datetime | None = None) -> str:
    """`in 24 min` before, `3 min late` after."""
    left = due - (now or timezone.now())
    if left < timedelta(0):
        return _("%(span)s late") % {"span": span(-left)}
    return _("in %(span)s") % {"span": span(left)}


def pace(due: datetime, *, since: datetime, now: datetime) -> tuple[Pace, int]:
    """How a promise stands, and how much of its time is spent in percent. Amber is the
    last third, as long as the promise is kept."""
    whole = max((due - since).total_seconds(), 1.0)
    left = (due - now).total_seconds()
    if left < 0:
        return "late", 100
    share = min(100, round(100 * left / whole))
    return ("soon" if share <= 33 else "calm"), share


def grouped(code: str) -> str:
    """A pickup code in threes, so that it can be read out: `7K4 M2P`."""
    return NBSP.join(code[i : i + 3] for i in range(0, len(code), 3))


ACTORS = {
    "system": gettext_lazy("by itself"),
    "customer": gettext_lazy("the customer"),
    "session": gettext_lazy("the customer"),
    "key": gettext_lazy("another system"),
    "run": gettext_lazy("a turn of the dial"),
    "seed": gettext_lazy("the demo’s story"),
    "demo": gettext_lazy("the demo’s story"),
}


def employee(id: object, first_name: str) -> str:
    """An employee as rows keep who did something; `who` reads it."""
    return f"employee:{id} {first_name}"


def who(by: str) -> str:
    """Who did something, for people: the first name of "employee:<id> Name", else the
    kind of actor ("system", "customer:<id>") in words, else what was written."""
    actor, _space, name = by.partition(" ")
    kind, colon, _id = actor.partition(":")
    if colon:
        return name or str(ACTORS.get(kind, kind))
    return str(ACTORS.get(by, by))
