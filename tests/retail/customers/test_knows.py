"""The office page: what each database knows."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from inventory.places import Channel
from retail import channels
from retail.channels.models import SwitchRun, SwitchStep
from retail.customers import knows
from retail.customers.linking import link_known
from retail.staff.models import Account, Employee, Role
from tests.retail.customers.people import SIDES, a_customer, stand, web_alice

pytestmark = pytest.mark.django_db(databases=SIDES)
PASSWORD = "a long enough passphrase"


def signed_in(role: Role = Role.HEAD_OFFICE) -> Client:
    account = Account.objects.create_staff(login="sarah", password=PASSWORD)
    Employee.objects.create(account=account, first_name="Sarah", role=role)
    client = Client()
    client.post(reverse("office_sign_in"), {"login": "sarah", "password": PASSWORD})
    return client


def page(client: Client, **asked: str) -> str:
    response = client.get(
        reverse("office_knows"), asked, headers={"Accept-Language": "en"}
    )
    assert response.status_code == 200
    return response.content.decode()


def sides(answer: knows.Answer) -> dict[str, tuple[bool, bool]]:
    """Which are in use, and which know anything."""
    return {side.alias: (side.open, side.found) for side in answer.sides}


def ask(typed: str) -> knows.Answer:
    with channels.use_channel(Channel.WEBSHOP), translation.override("en"):
        return knows.ask(typed)


@pytest.mark.parametrize("level", ["multichannel", "cross-channel"])
def test_apart_the_stores_know_nothing_of_a_web_registration(level: str) -> None:
    stand(level)
    web_alice(balance=40)
    answer = ask("alice@example.com")
    assert sides(answer) == {
        "webshop": (True, True),
        "pos": (True, False),
        "shared": (False, False),
    }
    assert answer.finding == "Known on the site, unknown in the stores."
    assert answer.sides[1].missing == [
        "Nobody with this e-mail.",
        "Registering on the site did not register this person here.",
    ]


def test_apart_two_rows_that_look_alike_stay_two() -> None:
    stand("multichannel")
    web_alice(balance=40)
    store = a_customer(Channel.POS, phone="0639980101", balance=50)
    answer = ask("alice@example.com")
    [alike] = [group for group in answer.sides[1].groups if group.aside]
    assert [row.id_tail for row in alike.rows] == [str(store.id)[-4:]]
    both = ask("06 39 98 01 01")
    assert both.finding.startswith("Each side knows this person")
    assert both.sides[0].missing == [
        "50 points lie on the other side and cannot be spent here."
    ]


def test_joined_a_person_is_found_with_all_linked_rows() -> None:
    stand("omnichannel")
    web_alice(balance=40)
    a_customer(Channel.POS, phone="0639980101", balance=50)
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        link_known(by="system")
    answer = ask("alice@example.com")
    assert sides(answer) == {
        "webshop": (False, False),
        "pos": (False, False),
        "shared": (True, True),
    }
    assert answer.finding == "One person of 2 linked rows, known on both channels."
    assert answer.sides[2].missing == []


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("W-000123", "order"),
        ("W-12345678", "order"),
        ("M-12345678", "order"),
        ("3017620422003", "product"),
        ("alice@example.com", "person"),
        ("nothing at all", "product"),
    ],
)
def test_what_a_question_means(typed: str, kind: str) -> None:
    stand("multichannel")
    answer = ask(typed)
    assert (answer.kind, answer.found) == (kind, False)


def test_the_page_asks_every_database(django_assert_num_queries) -> None:
    stand("multichannel")
    web_alice()
    client = signed_in()
    with (
        django_assert_num_queries(12, using="webshop"),
        django_assert_num_queries(4, using="pos"),
        django_assert_num_queries(2, using="shared"),
    ):
        text = page(client, q="alice@example.com")
    assert "Known on the site, unknown in the stores." in text
    assert "retail_customer" in text
    assert "Does registering on the site register you in the store?" in text


def test_before_a_question_there_are_examples() -> None:
    stand("omnichannel")
    text = page(signed_in())
    assert "Begin with one of these" in text
    assert "alice%40example.com" in text
    assert "Today both channels share one database" in text


def test_what_was_typed_is_only_text() -> None:
    stand("multichannel")
    text = page(signed_in(), q="<script>alert(1)</script>'; drop table x --")
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_nobody_else_may_ask() -> None:
    stand("multichannel")
    for name in ("office_knows", "office_books"):
        response = Client().get(reverse(name))
        assert response.status_code == 302
        assert response.url.startswith(reverse("office_sign_in"))
        assert Client().post(reverse(name)).status_code in {302, 405}


def test_a_cashier_may_not_ask() -> None:
    stand("multichannel")
    client = signed_in(Role.CASHIER)
    for name in ("office_knows", "office_books"):
        assert client.get(reverse(name)).status_code == 302


def test_the_books_page_shows_every_check_on_every_open_database() -> None:
    stand("multichannel")
    client = signed_in()
    response = client.get(reverse("office_books"), headers={"Accept-Language": "en"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "points-are-entries" in text
    assert "no violation" in text
    web = web_alice(balance=40)
    with channels.use_channel(Channel.WEBSHOP):
        type(web.loyaltyaccount).objects.update(balance=41)
    text = client.get(
        reverse("office_books"), headers={"Accept-Language": "en"}
    ).content.decode()
    assert "1 of " in text
    assert "does not hold" in text


def test_the_books_page_shows_what_the_dial_asks_of_all_databases() -> None:
    stand("multichannel")
    client = signed_in()
    address, english = reverse("office_books"), {"Accept-Language": "en"}
    text = client.get(address, headers=english).content.decode()
    assert "steps-in-order" in text
    assert "no violation" in text
    run = SwitchRun.objects.create(
        kind="join", state="done", started_at="2026-11-22T08:00:00Z"
    )
    for place, state in ((1, "pending"), (2, "done")):
        SwitchStep.objects.create(run=run, place=place, name="step", state=state)
    text = client.get(address, headers=english).content.decode()
    assert f"{run.pk} step" in text
    assert "1 of " in text


def test_signs_that_no_database_keeps() -> None:
    stand("cross-channel")
    page(signed_in(), q="\x00alice@example.org\x00")
