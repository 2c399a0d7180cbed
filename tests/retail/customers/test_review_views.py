"""The office pages where a person decides who is one customer."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.customers.linking import link_known, rows_of
from retail.customers.models import Customer, CustomerLink, NotSame, PossibleMatch
from retail.loyalty.points import balance
from retail.staff.models import Role
from tests.calling import counted
from tests.retail.customers.people import SIDES, a_customer, stand, web_alice
from tests.retail.customers.test_knows import signed_in

pytestmark = pytest.mark.django_db(databases=SIDES)
NADIA: dict[str, Any] = {
    "last_name": "Moreau",
    "birth_date": date(1982, 6, 14),
    "postcode": "75017",
}


def a_doubt(n: int = 0) -> tuple[Customer, Customer]:
    """Nadia on the site, Nadya in a store: born the same day, one letter apart."""
    known = {**NADIA, "birth_date": NADIA["birth_date"] + timedelta(days=1000 * n)}
    on_web = web_alice(
        first_name="Nadia",
        phone="",
        email=f"nadia{n}@example.com",
        balance=40,
        **known,
    )
    return on_web, a_customer(Channel.POS, first_name="Nadya", balance=50, **known)


def run() -> None:
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        link_known(by="system")


def get(client: Client, name: str, **asked: str) -> str:
    response = client.get(reverse(name), asked, headers={"Accept-Language": "en"})
    assert response.status_code == 200
    return str(response.content.decode())


def decide(client: Client, decision: str) -> HttpResponse:
    with channels.use_channel(Channel.WEBSHOP):
        match = PossibleMatch.objects.get()
    return client.post(
        reverse("office_identity_decide", args=[match.id]),
        {"decision": decision},
        headers={"Accept-Language": "en"},
        follow=True,
    )


def test_a_doubt_is_shown_side_by_side_and_linked() -> None:
    stand("omnichannel")
    on_web, in_store = a_doubt()
    run()
    client = signed_in()
    text = get(client, "office_identity")
    assert "Nadia Moreau" in text
    assert "Nadya Moreau" in text
    assert "Alike" in text
    answer = decide(client, "same").content.decode()
    assert "one person now" in answer
    assert "No doubt waits" in answer
    with channels.use_channel(Channel.WEBSHOP):
        assert rows_of(on_web) == [on_web, in_store]
        assert balance(on_web).total == 90
        link = CustomerLink.objects.get(customer_id=on_web.id)
        assert (link.reason, link.score) == ("review", 84)
        assert link.by.endswith(" Sarah")
    assert "Decided before" not in decide(client, "same").content.decode()
    assert "Decided before: one person" in decide(client, "not_same").content.decode()


def test_not_the_same_person_is_kept() -> None:
    stand("omnichannel")
    a_doubt()
    run()
    client = signed_in()
    assert "Kept apart" in decide(client, "not_same").content.decode()
    run()
    assert "Nadia" not in get(client, "office_identity")
    with channels.use_channel(Channel.WEBSHOP):
        assert NotSame.objects.count() == 1
        assert CustomerLink.objects.count() == 0


def test_a_link_is_found_and_taken_back() -> None:
    stand("omnichannel")
    on_web, in_store = a_doubt()
    run()
    client = signed_in()
    decide(client, "same")
    assert "90 points together" in get(client, "office_identity_links", q="nadya")
    assert "Nobody with several rows" in get(
        client, "office_identity_links", q="charlie"
    )
    url = reverse("office_identity_unlink", args=[in_store.id])
    answer = client.post(url, headers={"Accept-Language": "en"}, follow=True)
    assert "own history and points again" in answer.content.decode()
    with channels.use_channel(Channel.WEBSHOP):
        assert rows_of(on_web) == [on_web]
        assert rows_of(in_store) == [in_store]
        assert (balance(on_web).total, balance(in_store).total) == (40, 50)
        assert NotSame.objects.count() == 1
    again = client.post(url, headers={"Accept-Language": "en"}, follow=True)
    assert "not linked any more" in again.content.decode()


def test_apart_the_pages_say_why_they_are_empty() -> None:
    stand("cross-channel")
    client = signed_in()
    for name in ("office_identity", "office_identity_links"):
        assert "two databases" in get(client, name)
    answer = client.post(
        reverse("office_identity_decide", args=[new_id()]),
        {"decision": "same"},
        headers={"Accept-Language": "en"},
        follow=True,
    )
    assert "not unified at this level" in answer.content.decode()


def test_only_head_office_decides() -> None:
    stand("omnichannel")
    on_web, _ = a_doubt()
    run()
    with channels.use_channel(Channel.WEBSHOP):
        match = PossibleMatch.objects.get()
    pages = [reverse("office_identity"), reverse("office_identity_links")]
    acts = [
        reverse("office_identity_decide", args=[match.id]),
        reverse("office_identity_unlink", args=[on_web.id]),
    ]
    manager = signed_in(Role.MANAGER)
    assert (
        "office/identity" not in manager.get(reverse("office_books")).content.decode()
    )
    for path in pages:
        assert manager.get(path).status_code == 403
        assert Client().get(path).status_code == 302
    for path in acts:
        assert manager.post(path, {"decision": "same"}).status_code == 403
        assert Client().post(path, {"decision": "same"}).status_code in {302, 403}
    with channels.use_channel(Channel.WEBSHOP):
        assert PossibleMatch.objects.get().decision == ""
        assert CustomerLink.objects.count() == 0


def test_a_cashier_has_no_way_in() -> None:
    stand("omnichannel")
    client = signed_in(Role.CASHIER)
    assert client.get(reverse("office_identity")).status_code in {302, 403}


def test_ten_doubts_cost_as_many_queries_as_one() -> None:
    stand("omnichannel")
    client = signed_in()
    for n in range(3):
        a_doubt(n)
    run()
    with counted() as one:
        assert get(client, "office_identity").count("Not the same person</button>") == 3
    for n in range(3, 12):
        a_doubt(n)
    run()
    with counted() as many:
        text = get(client, "office_identity")
    assert text.count("Not the same person</button>") == 10
    assert "Page 1 of 2" in text
    assert len(one["shared"]) == len(many["shared"]) == 5  # 2 of the side bar
