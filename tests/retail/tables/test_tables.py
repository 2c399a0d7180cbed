"""Head office's tables: who sees which, what is written, by whom, and what is noted."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db import connections
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.models import Listing, Location, Price, Product
from inventory.places import Channel
from retail.channels import use_channel
from retail.orders.models import Order
from retail.staff.models import Account, Edit, Employee, Role, TillDevice
from retail.staff.signing_in import check_password, is_pin
from retail.tables.table import Table
from tests.levels import SIDES
from tests.retail.orders.house import House, a_parcel, placed
from tests.signing_in import PASSWORD, a_device, a_head, an_employee, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def head() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, "office", a_head())
    return client


@pytest.fixture
def manager() -> Client:
    account = Account.objects.create_staff(login="paul", password=PASSWORD)
    client = Client(headers={"Accept-Language": "en"})
    paul = an_employee("Paul", role=Role.MANAGER, location="M01", account=account)
    sign_in(client, "office", paul)
    return client


def address(model: Any, what: str = "changelist", row: Any = None) -> str:
    name = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    return (
        name
        + {
            "changelist": "",
            "add": "add/",
            "change": f"{row}/change/",
            "history": f"{row}/history/",
        }[what]
    )


@pytest.mark.parametrize(("model", "most"), [(Product, 5), (Order, 5), (Employee, 4)])
def test_queries(
    apart: House,
    head: Client,
    django_assert_max_num_queries: Any,
    model: type[Model],
    most: int,
) -> None:
    """Of the side, or of head office beside the session, the account and the person."""
    with use_channel(Channel.WEBSHOP):
        placed(a_parcel((apart.gtins[0], 1)))
        placed(a_parcel((apart.gtins[1], 1)))
    side = "default" if model is Employee else "webshop"
    with django_assert_max_num_queries(most + 6 * (side == "default"), using=side):
        assert head.get(address(model)).status_code == 200


def test_no_list_asks_for_each_of_its_rows(apart: House, head: Client) -> None:
    """Every table, with as many rows as a house of tests and two orders have."""
    with use_channel(Channel.WEBSHOP):
        placed(a_parcel((apart.gtins[0], 1), (apart.gtins[1], 1)))
        placed(a_parcel((apart.gtins[1], 1), (apart.gtins[2], 1)))
    for model in admin.site._registry:
        with (
            CaptureQueriesContext(connections["webshop"]) as side,
            CaptureQueriesContext(connections["default"]) as office,
        ):
            assert head.get(address(model)).status_code == 200, model
        assert (len(side) <= 6, len(office) <= 10) == (True, True), (
            model,
            len(side),
            len(office),
        )


def test_a_row_s_page_asks_a_few_questions(apart: House, head: Client) -> None:
    """Of every table that has a row here, an order of two lines among them."""
    with use_channel(Channel.WEBSHOP):
        placed(a_parcel((apart.gtins[0], 1), (apart.gtins[1], 1)))
    looked_at = set()
    for model in admin.site._registry:
        with use_channel(Channel.WEBSHOP):
            row = model._default_manager.order_by("pk").first()
        if row is None:
            continue
        with (
            CaptureQueriesContext(connections["webshop"]) as side,
            CaptureQueriesContext(connections["default"]) as office,
        ):
            assert head.get(address(model, "change", row.pk)).status_code == 200, model
        looked_at.add(model)
        asked = (len(side), len(office))
        assert (asked[0] <= 5, asked[1] <= 11) == (True, True), (
            model,
            asked,
        )
    assert {Product, Order, Employee} <= looked_at


def test_none_goes_past_the_verbs() -> None:
    for model, table in admin.site._registry.items():
        assert isinstance(table, Table), model
        assert table.actions is None


@pytest.mark.faults
def test_every_table_is_there_for_head_office(apart: House, head: Client) -> None:
    with use_channel(Channel.WEBSHOP):
        placed(a_parcel((apart.gtins[0], 1)))
    a_device("M01")
    for model in admin.site._registry:
        assert head.get(address(model)).status_code == 200, model
        with use_channel(Channel.WEBSHOP):
            rows = model._default_manager.order_by("pk")
            row = rows.values_list("pk", flat=True).first()
        if row is not None:
            assert head.get(address(model, "change", row)).status_code == 200, model


def test_a_listing_and_a_price_are_written_by_their_verbs(
    both_levels: House, head: Client
) -> None:
    gtin = both_levels.gtins[0]
    with use_channel(Channel.WEBSHOP):
        listing = Listing.objects.get(variant__gtin=gtin, origin="webshop")
        asked = Price.objects.filter(listing=listing).count()
    form = {
        "title": "Thé du matin",
        "text": "",
        "department": str(listing.department_id),
        "active": "on",
    }
    where = address(Listing, "change", listing.pk)
    assert head.post(where, form).status_code == 302
    price = {"listing": str(listing.pk), "amount": "3.21", "former_amount": ""}
    assert head.post(address(Price, "add"), price).status_code == 302
    wrong = head.post(address(Price, "add"), {**price, "former_amount": "3.00"})
    assert b"higher than the offer" in wrong.content
    with use_channel(Channel.WEBSHOP):
        listing.refresh_from_db()
        assert listing.title == "Thé du matin"
        assert Price.objects.filter(listing=listing).count() == asked + 1
    page = head.get(address(Listing, "history", listing.pk)).content.decode()
    assert "Thé du matin" in page
    assert "3.21" in page
    assert Edit.objects.filter(row_id=listing.pk).count() == 2


def test_a_place_takes_hours_that_are_understood(apart: House, head: Client) -> None:
    place = Location.objects.get(code="M01")
    where = address(Location, "change", place.pk)
    form = {
        name: getattr(place, name)
        for name in (
            *("name", "address", "postcode", "city", "country", "timezone"),
            *("lead_minutes", "safety"),
        )
    }
    wrong = head.post(where, {**form, "phone": "", "hours": "whenever"})
    assert b"not understood" in wrong.content
    told = {**form, "phone": "", "hours": "Mo-Fr 09:00-12:00; PH off"}
    # the side that is looked at makes no difference: the row is head office's
    head.post("/office/side/", {"side": "pos"})
    assert head.post(where, told).status_code == 302
    place.refresh_from_db()
    assert place.hours == "Mo-Fr 09:00-12:00; PH off"


def test_people_get_pins_and_logins_and_none_is_in_the_log(
    apart: House, head: Client
) -> None:
    form = {
        "first_name": "Inès",
        "role": "manager",
        "location_code": "M01",
        "is_active": "on",
        "pin": "2481",
        "login": "ines",
        "password": "",
    }
    assert (
        b"A login needs a password" in head.post(address(Employee, "add"), form).content
    )
    secret = "trois-petits-navets"
    given = {**form, "password": secret}
    assert head.post(address(Employee, "add"), given).status_code == 302
    page = head.get(address(Employee)).content.decode()
    assert Location.objects.get(code="M01").name in page  # not its code
    ines = check_password("ines", secret)
    assert ines.location_code == "M01"
    told = str(list(Edit.objects.filter(row_id=ines.pk).values()))
    assert "ines" in told
    assert "2481" not in told
    assert secret not in told
    claire = Employee.objects.get(role=Role.HEAD_OFFICE)
    mine = {"first_name": "Claire", "role": "head_office", "location_code": ""}
    page = head.post(address(Employee, "change", claire.pk), mine, follow=True)
    assert b"changed by a colleague" in page.content
    claire.refresh_from_db()
    assert claire.is_active


def test_a_device_is_enrolled_by_a_code_and_revoked(apart: House, head: Client) -> None:
    device, _token = a_device("M01")
    revoked = head.post(address(TillDevice, "change", device.pk), {"revoke": "on"})
    assert revoked.status_code == 302
    device.refresh_from_db()
    assert device.revoked_at is not None
    assert Edit.objects.filter(row_id=device.pk).count() == 1


def test_a_manager_has_the_own_store_and_its_cashiers(
    apart: House, manager: Client
) -> None:
    own = Location.objects.get(code="M01")
    other = Location.objects.exclude(code="M01").order_by("code")[0]
    assert manager.get(address(Product)).status_code == 403
    assert manager.get("/office/changes/").status_code == 403
    assert manager.get(address(Location, "change", own.pk)).status_code == 200
    assert manager.get(address(Location, "change", other.pk)).status_code == 302
    hours = {"phone": "", "hours": "Mo 09:00-12:00", "name": "Mine"}
    assert manager.post(address(Location, "change", own.pk), hours).status_code == 302
    own.refresh_from_db()
    assert (own.hours, own.name == "Mine") == ("Mo 09:00-12:00", False)
    elsewhere = an_employee("Bob", location=other.code)
    missing = manager.get(address(Employee, "change", elsewhere.pk))
    assert missing.status_code == 302
    person = {"first_name": "Eve", "is_active": "on", "pin": "2481"}
    for role, place in (("head_office", ""), ("cashier", other.code)):
        asked = {**person, "role": role, "location_code": place, "login": "eve"}
        answer = manager.post(address(Employee, "add"), asked)
        assert b"errornote" in answer.content or answer.status_code == 200
    assert not Employee.objects.filter(first_name="Eve").exists()
    asked = {**person, "role": "cashier", "location_code": "M01", "login": "eve"}
    assert manager.post(address(Employee, "add"), asked).status_code == 302
    eve = Employee.objects.get(first_name="Eve")
    assert (eve.role, eve.location_code, eve.account) == ("cashier", "M01", None)


@pytest.mark.parametrize("pin", ["123", "1111", "12a4", "123456789", "١٢٣٤"])
def test_a_weak_pin_is_none(pin: str) -> None:
    assert not is_pin(pin)
