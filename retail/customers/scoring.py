"""How much speaks for two customer rows being one person: a score with its reasons.

Pure. Each rule compares one thing that both rows say and answers 0 (differs) to 1 (the
same); where one row says nothing, the rule is silent. What the weights and thresholds
achieve on public data with known truth stands in `docs/identity.md`.
"""

from datetime import date
from typing import NamedTuple, TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from retail.customers.models import LinkReason


class Weight(NamedTuple):
    """Points for full agreement, points for a difference, and why."""

    same: int
    differs: int
    why: Promise


WEIGHTS = {
    "last_name": Weight(
        24,
        -12,
        _("Common names are shared by thousands; people marry and take another."),
    ),
    "first_name": Weight(
        20,
        -70,
        _("What tells the people of one household apart, twins above all."),
    ),
    "birth_date": Weight(
        36,
        -28,
        _("One of some 25,000 days, and nobody changes it: the best single sign."),
    ),
    "postcode": Weight(12, -4, _("People move: a difference says little.")),
    "phone": Weight(
        45,
        0,
        _("Shared in households, typed on the web without proof; many have two."),
    ),
    "email": Weight(
        40,
        0,
        _("Read out at a counter, so spelled wrongly at times; many have several."),
    ),
}

# Linked without asking: three things agree that have nothing to do with each other,
# names among them. Measured precision 0.999 and more.
LINK_FROM = 85
# Shown to a person. Below, more strangers would be shown than acquaintances.
REVIEW_FROM = 55
# A name or date that is alike to this degree is no contradiction.
ALIKE = 0.5
DIGITS_SAME_IN_PART = 0.6


class Known(NamedTuple):
    """What one row says, as `blocking.py` brings it into comparable form: names in
    small letters without accents, words parted by one space; the rest as stored.
    `proven`: a row made in a store, or on the web with its e-mail proven."""

    first: str
    last: str
    birth_date: date | None
    postcode: str
    email: str
    phone: str
    proven: bool


class Reason(TypedDict):
    """`agrees` from 0 to 1; `weight` the points it brought, negative if it spoke
    against."""

    rule: str
    agrees: float
    weight: int


class Verdict(NamedTuple):
    """`reason` is None unless the rows may be linked without a person's word."""

    score: int
    reason: LinkReason | None
    reasons: list[Reason]


def judge(one: Known, other: Known, *, link_from: int = LINK_FROM) -> Verdict:
    """Compare two rows. Symmetric; about ten microseconds.

    Never linked without a person's word, whatever the score: names that are missing or
    differ, birth dates that differ, and rows made on the web whose e-mail nobody
    proved (who types a stranger's name and number must not see their purchases).
    """
    last, first = _names(one, other)
    agree = {
        "last_name": last,
        "first_name": first,
        "birth_date": _birth_dates(one.birth_date, other.birth_date),
        "postcode": _digits(one.postcode, other.postcode),
        "phone": _digits(one.phone, other.phone),
        "email": _emails(one.email, other.email),
    }
    reasons = [
        Reason(rule=rule, agrees=round(agrees, 2), weight=_points(rule, agrees))
        for rule, agrees in agree.items()
        if agrees is not None
    ]
    score = max(0, min(100, sum(reason["weight"] for reason in reasons)))
    if not (one.proven and other.proven):
        reasons.append(Reason(rule="unproven", agrees=0, weight=0))
    names_agree = min(first or 0, last or 0) >= ALIKE
    dates = agree["birth_date"]
    if not (names_agree and one.proven and other.proven) or dates == 0:
        return Verdict(min(score, link_from - 1), None, reasons)
    if agree["phone"] == 1:
        return Verdict(max(score, link_from), LinkReason.PHONE, reasons)
    if score >= link_from:
        return Verdict(score, LinkReason.SCORE, reasons)
    return Verdict(score, None, reasons)


def _points(rule: str, agrees: float) -> int:
    weight = WEIGHTS[rule]
    return round(weight.same * agrees) if agrees else weight.differs


def _names(one: Known, other: Known) -> tuple[float | None, float | None]:
    """Last and first name, in the order in which they agree better: forms mix them up,
    and some people write both into one field."""
    straight = (_name(one.last, other.last), _name(one.first, other.first))
    if straight == (1, 1):
        return straight
    crossed = (_name(one.last, other.first), _name(one.first, other.last))
    better = max(1.5, sum(map(_or_zero, straight)) + 0.1)
    if sum(map(_or_zero, crossed)) >= better:
        return max(map(_or_zero, crossed)), min(map(_or_zero, crossed))
    whole, other_whole = _words(one), _words(other)
    if len(whole) > 1 and whole == other_whole:
        return 1.0, 1.0
    return straight


def _or_zero(agrees: float | None) -> float:
    return agrees or 0


def _words(row: Known) -> list[str]:
    return sorted(f"{row.first} {row.last}".split())


def _name(one: str, other: str) -> float | None:
    if not one or not other:
        return None
    if one == other:
        return 1
    first, second = sorted([one.replace(" ", ""), other.replace(" ", "")], key=len)
    if first == second:  # Jean-Pierre, Jean Pierre, Jeanpierre
        return 1
    if _he_and_she(first, second):
        return 0
    parts, others = set(one.split()), set(other.split())
    if len(first) > 2 and (parts < others or others < parts):
        return 0.7  # Martin, Martin-Durand; Marie, Marie Claire
    if len(first) == 1:
        return 0.5 if second.startswith(first) else 0  # J. Martin
    slips = _slips(first, second, at_most=2)
    if slips == 1 and len(first) > 3:
        return 0.6
    if slips == 2 and len(first) > 6:
        return 0.5
    if len(first) > 2 and second.startswith(first):
        return 0.5  # Alex, Alexandre
    return 0


def _slips(one: str, other: str, *, at_most: int) -> int:
    """Of typing, between the two: a letter more, less or wrong, or two exchanged. Above
    `at_most` it says one more than that."""
    from rapidfuzz.distance import OSA  # 4 MB, for processes that compare people

    return OSA.distance(one, other, score_cutoff=at_most)


def _he_and_she(shorter: str, longer: str) -> bool:
    """Louis and Louise, Jean and Jeanne, Michel and Michelle: one letter apart to a
    measure of typing slips, and two people."""
    end = longer.removeprefix(shorter)
    return end != longer and end in {"e", f"{shorter[-1]}e"}


def _birth_dates(one: date | None, other: date | None) -> float | None:
    if one is None or other is None:
        return None
    if one == other:
        return 1
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return 0.7
    return _digits(f"{one:%Y%m%d}", f"{other:%Y%m%d}")


def _digits(one: str, other: str) -> float | None:
    """The same, or one slip apart: a wrong digit, or two neighbours exchanged."""
    if not one or not other:
        return None
    if one == other:
        return 1
    if len(one) != len(other) or _slips(one, other, at_most=1) > 1:
        return 0
    return DIGITS_SAME_IN_PART


def _emails(one: str, other: str) -> float | None:
    """The same; alike by one or two slips, or the same name at another provider."""
    if not one or not other:
        return None
    if one == other:
        return 1
    mine, theirs = one.split("@")[0], other.split("@")[0]
    if min(len(mine), len(theirs)) < 6:
        return 0
    if mine == theirs:
        return 0.6
    if _slips(one, other, at_most=2) <= 2:
        return 0.6
    return 0
