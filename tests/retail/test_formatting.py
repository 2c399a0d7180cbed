from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from retail import formatting

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)  # noon in Paris, a Saturday


@pytest.fixture(autouse=True)
def _paris():
    with timezone.override("Europe/Paris"):
        yield


def in_language(language, function, *args, **named):
    with translation.override(language):
        return function(*args, **named)


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        ("4.67", "4,67\u00a0€", "€4.67"),
        ("4", "4,00\u00a0€", "€4.00"),
        ("0.005", "0,01\u00a0€", "€0.01"),
        ("-4.67", "−4,67\u00a0€", "−€4.67"),
        ("1234567.8", "1\u202f234\u202f567,80\u00a0€", "€1,234,567.80"),
        ("0", "0,00\u00a0€", "€0.00"),
    ],
)
def test_money(amount, french, english):
    assert in_language("fr", formatting.money, Decimal(amount)) == french
    assert in_language("en", formatting.money, Decimal(amount)) == english


def test_money_of_a_currency_without_a_sign():
    assert in_language("en", formatting.money, Decimal(5), "CHF") == "CHF\u00a05.00"
    assert in_language("fr", formatting.money, Decimal(5), "CHF") == "5,00\u00a0CHF"


def test_money_is_parted_where_the_cents_begin():
    assert in_language("fr", formatting.money_parts, Decimal("3.6")) == (
        formatting.Parts("", "3", ",60\u00a0€")
    )
    assert in_language("en", formatting.money_parts, Decimal("-3.6")) == (
        formatting.Parts("−€", "3", ".60")
    )


def test_price_per_kilo_litre_and_piece():
    with translation.override("en"):
        per = formatting.unit_price
        assert per(Decimal("3.60"), Decimal(280), "g") == "€12.86 per kilo"
        assert per(Decimal("2.00"), Decimal(750), "ml") == "€2.67 per litre"
        assert per(Decimal("3.00"), Decimal(6), "piece") == "€0.50 each"
        assert per(Decimal("3.00"), Decimal(0), "g") == ""
        assert per(Decimal("3.00"), Decimal(6), "") == ""


@pytest.mark.parametrize(
    ("hour", "minute", "french", "english"),
    [
        (17, 0, "17\u00a0h", "5\u00a0pm"),
        (8, 5, "8\u00a0h\u00a005", "8:05\u00a0am"),
        (0, 30, "0\u00a0h\u00a030", "12:30\u00a0am"),
        (12, 0, "12\u00a0h", "12\u00a0pm"),
    ],
)
def test_hour(hour, minute, french, english):
    at = timezone.localtime(NOON).replace(hour=hour, minute=minute)
    assert in_language("fr", formatting.hour, at) == french
    assert in_language("en", formatting.hour, at) == english


def test_slot():
    end = NOON + timedelta(hours=1)
    assert in_language("fr", formatting.slot, NOON, end) == (
        "12\u00a0h\u00a0– 13\u00a0h"
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (3, "Tue 24\u00a0Nov")],
)
def test_near_days_are_words(days, expected):
    at = NOON + timedelta(days=days)
    assert in_language("en", formatting.day, at, now=NOON) == expected


def test_days_are_those_of_paris_not_of_utc():
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # half past midnight, the 22nd
    assert in_language("en", formatting.day, late, now=NOON) == "tomorrow"


def test_dates():
    far = NOON + timedelta(days=10)  # the first of December
    assert in_language("fr", formatting.day, far, now=NOON) == "mar. 1er\u00a0déc."
    assert in_language("fr", formatting.day, far, now=NOON, long=True) == (
        "mardi 1er décembre"
    )
    assert in_language("en", formatting.day, far, now=NOON, long=True) == (
        "Tuesday 1 December"
    )
    other_year = NOON + timedelta(days=365)
    assert in_language("en", formatting.day, other_year, now=NOON) == (
        "Sun 21\u00a0Nov 2027"
    )


def test_day_time():
    at = NOON + timedelta(days=2, hours=5)
    assert in_language("fr", formatting.day_time, at, now=NOON) == (
        "lun. 23\u00a0nov., 17\u00a0h"
    )


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(seconds=8), "8\u00a0s"),
        (timedelta(seconds=-8), "0\u00a0s"),
        (timedelta(minutes=24, seconds=59), "24\u00a0min"),
        (timedelta(hours=1), "1\u00a0h"),
        (timedelta(hours=1, minutes=5), "1\u00a0h\u00a005\u00a0min"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_span(length, expected):
    assert in_language("en", formatting.span, length) == expected


def test_until_and_ago():
    with translation.override("en"):
        soon = NOON + timedelta(minutes=24)
        assert formatting.until(soon, now=NOON) == "in 24\u00a0min"
        assert formatting.until(NOON, now=soon) == "24\u00a0min late"
        assert formatting.ago(NOON, now=soon) == "24\u00a0min ago"


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (120, ("calm", 100)),
        (200, ("calm", 100)),
        (60, ("calm", 50)),
        (40, ("soon", 33)),
        (0, ("soon", 0)),
        (-1, ("late", 100)),
    ],
)
def test_pace(left, expected):
    due = NOON + timedelta(minutes=120)
    now = due - timedelta(minutes=left)
    assert formatting.pace(due, since=NOON, now=now) == expected


def test_pace_of_a_promise_without_length():
    assert formatting.pace(NOON, since=NOON, now=NOON) == ("soon", 0)


@pytest.mark.parametrize(
    ("metres", "french"),
    [
        (10, "50\u00a0m"),
        (580, "600\u00a0m"),
        (974, "950\u00a0m"),
        (1680, "1,7\u00a0km"),
    ],
)
def test_distance(metres, french):
    assert in_language("fr", formatting.distance, metres) == french


def test_codes_are_read_in_threes():
    assert formatting.grouped("7K4M2PXY") == "7K4\u00a0M2P\u00a0XY"
    assert formatting.grouped("") == ""
