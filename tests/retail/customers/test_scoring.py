"""The score of two rows: what it holds alike, and what it never links by itself."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.customers.models import LinkReason
from retail.customers.scoring import LINK_FROM, REVIEW_FROM, WEIGHTS, Known, judge

NADIA = Known(
    first="nadia",
    last="moreau",
    birth_date=date(1982, 6, 14),
    postcode="75017",
    email="nadia.moreau@example.com",
    phone="+33639980107",
    proven=True,
)
QUIET = NADIA._replace(email="", phone="")  # name, birth date and postcode alone

names = st.text("aeilmnrst", max_size=9)
rows = st.builds(
    Known,
    first=names,
    last=names,
    birth_date=st.none() | st.dates(date(1930, 1, 1), date(2010, 1, 1)),
    postcode=st.sampled_from(["", "75017", "75018", "69003"]),
    email=st.sampled_from(["", "a.martin@example.com", "b@example.org"]),
    phone=st.sampled_from(["", "+33639980101", "+33639980110"]),
    proven=st.booleans(),
)


def agrees(one: Known, other: Known) -> dict[str, float]:
    return {each["rule"]: each["agrees"] for each in judge(one, other).reasons}


@given(rows, rows)
def test_a_score_is_between_bounds_the_same_both_ways_and_told(
    one: Known, other: Known
) -> None:
    verdict, back = judge(one, other), judge(other, one)
    assert 0 <= verdict.score <= 100
    assert (verdict.score, verdict.reason) == (back.score, back.reason)
    for each in verdict.reasons:
        assert 0 <= each["agrees"] <= 1
        assert each["rule"] in {*WEIGHTS, "unproven"}
    said = [each["weight"] for each in verdict.reasons]
    assert verdict.score <= max(LINK_FROM, sum(weight for weight in said if weight > 0))


@given(rows, rows)
def test_nothing_links_against_a_name_a_birth_date_or_without_proof(
    one: Known, other: Known
) -> None:
    verdict = judge(one, other)
    linked = verdict.reason is not None
    assert linked == (verdict.score >= LINK_FROM)
    if linked:
        found = agrees(one, other)
        assert one.proven
        assert other.proven
        assert found["first_name"] >= 0.5
        assert found["last_name"] >= 0.5
        assert found.get("birth_date", 1) > 0


@given(rows)
def test_a_row_agrees_with_itself(row: Known) -> None:
    assert set(agrees(row, row).values()) <= {1, 0 if not row.proven else 1}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jean pierre", "jeanpierre"),
        ("de la tour", "delatour"),
        ("martin durand", "martin"),
        ("moreau", "morreau"),
        ("fontaine", "fonatine"),
        ("alexandre", "alex"),
        ("j", "jean"),
    ],
)
def test_names_that_are_alike(one: str, other: str) -> None:
    found = agrees(QUIET._replace(last=one), QUIET._replace(last=other))
    assert found["last_name"] >= 0.5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("louis", "louise"),
        ("jean", "jeanne"),
        ("michel", "michelle"),
        ("lea", "leo"),
        ("marie", "nadia"),
        ("paul", "anna"),
    ],
)
def test_first_names_of_two_people(one: str, other: str) -> None:
    """Twins share all but this."""
    verdict = judge(NADIA._replace(first=one), NADIA._replace(first=other))
    assert (
        agrees(QUIET._replace(first=one), QUIET._replace(first=other))["first_name"]
        == 0
    )
    assert verdict.reason is None
    assert judge(QUIET._replace(first=one), QUIET._replace(first=other)).score < (
        REVIEW_FROM
    )


def test_first_and_last_name_in_the_wrong_fields() -> None:
    crossed = QUIET._replace(first="moreau", last="nadia")
    assert judge(QUIET, crossed) == judge(QUIET, QUIET)
    in_one = QUIET._replace(first="", last="nadia moreau")
    assert judge(QUIET, in_one).reason == LinkReason.SCORE


@pytest.mark.parametrize(
    ("other", "agree"),
    [
        (date(1982, 6, 14), 1),
        (date(1982, 6, 15), 0.6),
        (date(1928, 6, 14), 0.6),
        (date(1990, 1, 1), 0),
    ],
)
def test_birth_dates(other: date, agree: float) -> None:
    assert agrees(QUIET, QUIET._replace(birth_date=other))["birth_date"] == agree


def test_day_and_month_exchanged() -> None:
    one = QUIET._replace(birth_date=date(1982, 6, 4))
    other = QUIET._replace(birth_date=date(1982, 4, 6))
    assert agrees(one, other)["birth_date"] == 0.7


def test_three_things_that_agree_link_and_two_ask() -> None:
    assert judge(QUIET, QUIET).reason == LinkReason.SCORE
    elsewhere = judge(QUIET, QUIET._replace(postcode="13001"))
    assert (elsewhere.reason, elsewhere.score >= REVIEW_FROM) == (None, True)
    unknown = judge(QUIET._replace(birth_date=None), QUIET)
    assert (unknown.reason, unknown.score >= REVIEW_FROM) == (None, True)
    slip = judge(QUIET, QUIET._replace(first="nadya"))
    assert (slip.reason, slip.score) == (None, 84)


def test_a_phone_is_certain_only_under_names_that_agree() -> None:
    phone = Known("nadia", "moreau", None, "", "", "+33639980107", True)
    assert judge(phone, NADIA).reason == LinkReason.PHONE
    for other in (
        phone._replace(first="hugo"),
        phone._replace(first="", last=""),
        phone._replace(birth_date=date(1955, 1, 31)),
        phone._replace(proven=False),
    ):
        assert judge(other, NADIA).reason is None


def test_a_household_is_not_a_person() -> None:
    """One phone, one mailbox, one name on the door."""
    him = NADIA._replace(first="hugo", birth_date=date(1980, 3, 2))
    assert judge(NADIA, him).score < REVIEW_FROM


@dataclass(frozen=True)
class Mail:
    one: str
    other: str
    agree: float


@pytest.mark.parametrize(
    "mail",
    [
        Mail("robert255@smith.net", "roberta25@smith.net", 0.6),
        Mail("nadia.moreau@example.com", "nadia.moreau@example.org", 0.6),
        Mail("info@example.com", "info@example.org", 0),
        Mail("nadia.moreau@example.com", "hugo.bernard@example.com", 0),
    ],
)
def test_mail(mail: Mail) -> None:
    found = agrees(NADIA._replace(email=mail.one), NADIA._replace(email=mail.other))
    assert found["email"] == mail.agree
