"""The pages: works, refuses, is forbidden."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from retail.staff.enrolling import offer, revoke
from retail.staff.models import Account, Employee, Role, TillDevice
from retail.staff.permissions import staff_required
from retail.urls import urlpatterns as real
from tests.signing_in import PASSWORD, PIN, a_device, a_head, an_employee, sign_in

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = [
    pytest.mark.django_db(databases=ALL),
    pytest.mark.urls("tests.retail.staff.test_signing_in"),
]


@staff_required()
def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.employee.first_name} {request.device}")  # type: ignore[attr-defined]


@staff_required(Role.MANAGER)
def managers(request: HttpRequest) -> HttpResponse:
    return HttpResponse("managers")


pages = [path("anybody/", anybody), path("managers/", managers)]
urlpatterns = [
    *(path(f"{each}/t/", include(pages)) for each in ("pos", "warehouse", "office")),
    *real,
]


def notice_of(answer: Any) -> bytes:
    notice: bytes = answer.content.split(b"errors-title")[1].split(b"</ul>")[0]
    return notice


def at_the_till(client: Client, employee: Employee | None = None) -> TillDevice:
    device, token = a_device()
    sign_in(client, "pos", employee or an_employee(), device=device, token=token)
    return device


def test_a_tablet_is_enrolled_then_a_person_signs_in(client: Client) -> None:
    bob = an_employee()
    _row, code = offer(till_id=None, location_code="LYO", name="Caisse 1", by="claire")
    assert b'name="code"' in client.get("/pos/sign-in/").content
    assert client.post("/pos/sign-in/", {"code": "WRONG"}).status_code == 422
    assert client.post("/pos/sign-in/", {"code": code}).status_code == 302
    cookie = client.cookies["till_device"]
    assert (cookie["path"], cookie["httponly"]) == ("/pos", True)
    page = client.get("/pos/sign-in/?next=/pos/t/anybody/").content
    assert b"Bob" in page
    answer = client.post(
        "/pos/sign-in/",
        {"employee": str(bob.pk), "pin": PIN, "next": "/pos/t/anybody/"},
    )
    assert answer["Location"] == "/pos/t/anybody/"
    assert client.get("/pos/t/anybody/").content == b"Bob Caisse 1"


def test_a_wrong_pin_says_how_many_tries_are_left(client: Client) -> None:
    _device, token = a_device()
    bob = an_employee()
    client.cookies["till_device"] = token
    answer = client.post(
        "/pos/sign-in/",
        {"employee": str(bob.pk), "pin": "9999"},
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 422
    assert b"Tries left: 4" in answer.content
    assert client.get("/pos/t/anybody/").status_code == 302


def test_only_colleagues_of_this_place_can_be_chosen(client: Client) -> None:
    _device, token = a_device("LYO")
    stranger = an_employee("Charlie", location="PAR")
    client.cookies["till_device"] = token
    assert b"Charlie" not in client.get("/pos/sign-in/").content
    answer = client.post("/pos/sign-in/", {"employee": str(stranger.pk), "pin": PIN})
    assert answer.status_code == 422
    stranger.refresh_from_db()
    assert stranger.fails == 0


def test_signing_in_gives_a_new_session(client: Client) -> None:
    _device, token = a_device()
    bob = an_employee()
    client.cookies["till_device"] = token
    client.cookies["pos_session"] = "chosen-by-somebody-else-0000000000"
    client.post("/pos/sign-in/", {"employee": str(bob.pk), "pin": PIN})
    first = client.cookies["pos_session"].value
    assert first != "chosen-by-somebody-else-0000000000"
    client.post("/pos/sign-in/", {"employee": str(bob.pk), "pin": PIN})
    assert client.cookies["pos_session"].value != first


def test_signed_out_the_device_stays(client: Client) -> None:
    at_the_till(client)
    assert client.get("/pos/sign-out/").status_code == 405
    answer = client.post("/pos/sign-out/")
    assert answer["Location"] == "/pos/sign-in/"
    assert client.get("/pos/t/anybody/").status_code == 302
    assert b'name="pin"' in client.get("/pos/sign-in/").content


@pytest.mark.parametrize("how", ["revoked", "left", "moved", "other device"])
def test_the_next_request_of_who_may_not_any_more(client: Client, how: str) -> None:
    bob = an_employee()
    device = at_the_till(client, bob)
    assert client.get("/pos/t/anybody/").status_code == 200
    if how == "revoked":
        revoke(device)
    elif how == "left":
        Employee.objects.filter(pk=bob.pk).update(is_active=False)
    elif how == "moved":
        Employee.objects.filter(pk=bob.pk).update(location_code="PAR")
    else:
        client.cookies["till_device"] = a_device()[1]
    assert client.get("/pos/t/anybody/").status_code == 302


def test_a_till_session_is_nothing_in_the_warehouse(client: Client) -> None:
    at_the_till(client)
    client.cookies["warehouse_session"] = client.cookies["pos_session"].value
    assert client.get("/warehouse/t/anybody/").status_code == 302


def test_another_role_is_forbidden(client: Client) -> None:
    at_the_till(client)
    assert client.get("/pos/t/managers/").status_code == 403
    paul = an_employee("Paul", role=Role.MANAGER)
    at_the_till(client, paul)
    assert client.get("/pos/t/managers/").content == b"managers"


def test_nobody_is_asked_to_sign_in(client: Client) -> None:
    answer = client.get("/pos/t/anybody/?a=1")
    assert answer["Location"] == "/pos/sign-in/?next=%2Fpos%2Ft%2Fanybody%2F%3Fa%3D1"
    told = client.get("/pos/t/anybody/", headers={"Accept": "application/json"})
    assert (told.status_code, told["Content-Type"]) == (401, "application/problem+json")


class TestOffice:
    def test_head_office_signs_in(self, client: Client) -> None:
        a_head()
        answer = client.post(
            "/office/sign-in/",
            {"login": "claire", "password": PASSWORD, "next": "/office/t/anybody/"},
        )
        assert answer["Location"] == "/office/t/anybody/"
        assert client.get("/office/t/anybody/").content == b"Claire None"

    @pytest.mark.parametrize(
        "target", ["https://evil.test/", "//evil.test", "/shop/", "javascript:alert(1)"]
    )
    def test_next_stays_on_the_surface(self, client: Client, target: str) -> None:
        a_head()
        answer = client.post(
            "/office/sign-in/",
            {"login": "claire", "password": PASSWORD, "next": target},
        )
        assert answer["Location"] == "/office/"

    def test_wrong_answers_tell_nothing_apart(self, client: Client) -> None:
        a_head()
        account = Account.objects.create_staff(login="ines", password=PASSWORD)
        an_employee("Inès", account=account)
        texts = set()
        for login, password in (
            ("claire", "wrong"),
            ("nobody", PASSWORD),
            ("ines", PASSWORD),  # a cashier has no office
        ):
            answer = client.post(
                "/office/sign-in/", {"login": login, "password": password}
            )
            assert answer.status_code == 422
            texts.add(notice_of(answer))
        assert len(texts) == 1
        assert client.get("/office/t/anybody/").status_code == 302

    def test_ten_wrong_passwords_lock_and_nobody_learns_whom(
        self, client: Client
    ) -> None:
        a_head()
        for _ in range(10):
            client.post("/office/sign-in/", {"login": "claire", "password": "wrong"})
        answer = client.post(
            "/office/sign-in/", {"login": "claire", "password": PASSWORD}
        )
        assert answer.status_code == 422
        assert Account.objects.get(login="claire").locked_until is not None
        unknown = client.post(
            "/office/sign-in/", {"login": "nobody", "password": PASSWORD}
        )
        assert notice_of(unknown) == notice_of(answer)

    def test_a_changed_password_ends_its_sessions(self, client: Client) -> None:
        claire = a_head()
        client.post("/office/sign-in/", {"login": "claire", "password": PASSWORD})
        assert client.get("/office/t/anybody/").status_code == 200
        assert claire.account is not None
        claire.account.set_password("another-long-password")
        claire.account.save(update_fields=["password"])
        assert client.get("/office/t/anybody/").status_code == 302

    def test_the_side_is_chosen_in_the_session(self, client: Client) -> None:
        a_head()
        client.post("/office/sign-in/", {"login": "claire", "password": PASSWORD})
        assert client.get("/office/side/").status_code == 405
        client.post("/office/side/", {"side": "pos"})
        assert client.get("/office/t/anybody/").wsgi_request.session["side"] == "pos"
        client.post("/office/side/", {"side": "shared"})
        assert client.get("/office/t/anybody/").wsgi_request.session["side"] == "pos"

    def test_the_tables_are_for_the_office_alone(self, client: Client) -> None:
        answer = client.get("/admin/")
        assert answer.status_code == 302
        a_head()
        client.post("/office/sign-in/", {"login": "claire", "password": PASSWORD})
        assert client.get("/admin/").status_code == 200
        manager = Account.objects.create_staff(login="paul", password=PASSWORD)
        an_employee("Paul", role=Role.MANAGER, account=manager)
        other = Client()
        other.post("/office/sign-in/", {"login": "paul", "password": PASSWORD})
        assert other.get("/office/t/managers/").status_code == 200
        assert other.get("/admin/").status_code == 200
        assert other.get("/admin/inventory/product/").status_code == 403


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(
    client: Client,
) -> None:
    answer = client.get("/office/sign-in/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert b"style=" not in answer.content
