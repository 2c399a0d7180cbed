"""A store is added, is everywhere at once, and is closed for good."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from inventory.models import Location
from inventory.places import Channel
from pos.models import Till
from retail.channels import use_channel
from retail.fulfilment.models import PickupSetting
from retail.fulfilment.slots import PickupPaused
from retail.messages.relay import relay_once
from retail.orders.placing import place
from retail.staff.models import Account, Edit, Role
from tests.levels import SIDES
from tests.retail.orders.house import House, a_pickup, new_id, placed
from tests.signing_in import PASSWORD, a_head, an_employee, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)
ADD = "/admin/inventory/location/add/"
NANTES = {
    "code": "nan",
    "name": "Nantes Graslin",
    "address": "2, place Graslin",
    "postcode": "44000",
    "city": "Nantes",
    "country": "FR",
    "lat": "47.2131",
    "lon": "-1.5622",
    "timezone": "Europe/Paris",
    "phone": "+33199000144",
    "hours": "Mo-Sa 09:00-20:00; PH off",
    "lead_minutes": "90",
    "safety": "1",
    "pickups": "on",
    "capacity": "5",
    "slot_minutes": "30",
    "minutes_per_order": "4",
    "cut_off": "18:30",
    "buffer": "2",
    "tills": "3",
}


@pytest.fixture
def head() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, "office", a_head())
    return client


def test_a_new_store_is_everywhere(
    both_levels: House, head: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    page = head.post(ADD, NANTES, follow=True)
    assert page.redirect_chain, page.context["adminform"].form.errors
    assert b"The shop shows it now" in page.content
    while relay_once(Channel.WEBSHOP):
        pass
    ids = set()
    for channel in Channel:
        with use_channel(channel):
            found = Location.objects.get(code="NAN")
            ids.add(found.id)
            assert (found.kind, found.channel) == ("store", "pos")
            assert (found.lat, found.lead_minutes) == (47.2131, 90)
    assert len(ids) == 1
    with use_channel(Channel.POS):
        setting = PickupSetting.objects.get(location__code="NAN")
        assert (setting.origin, setting.capacity, setting.buffer) == ("pos", 5, 2)
        assert (setting.paused, f"{setting.cut_off:%H:%M}") == (False, "18:30")
        tills = Till.objects.filter(location__code="NAN").order_by("number")
        assert [till.name for till in tills] == ["Till 1", "Till 2", "Till 3"]
    assert Edit.objects.filter(row_id=ids.pop()).count() == 1
    assert "Nantes Graslin" in head.get("/shop/stores/").content.decode()
    assert head.get("/shop/stores/NAN/").status_code == 200
    assert "Nantes Graslin" in head.get("/admin/staff/employee/add/").content.decode()
    assert "Till 3" in head.get("/admin/staff/tilldevice/add/").content.decode()
    given = ("--scope", "store", "--location", "NAN", "--name", "scales")
    call_command("credentials", "create", *given)
    assert capsys.readouterr().out
    again = head.post("/admin/pos/till/add/", {"location": found.id, "name": "Fourth"})
    assert again.status_code == 302
    with use_channel(Channel.POS):
        assert Till.objects.get(location__code="NAN", name="Fourth").number == 4


def test_what_no_store_is_is_said(apart: House, head: Client) -> None:
    wrong = {
        "code": ("N-1", "capital letters and digits"),
        "hours": ("whenever", "not understood"),
        "lat": ("97", "Between −90 and 90"),
        "country": ("ZZ", "Two letters"),
        "capacity": ("0", "Between 1 and"),
    }
    page = head.post(ADD, {**NANTES, **{name: each[0] for name, each in wrong.items()}})
    for _told, says in wrong.values():
        assert says in page.content.decode()
    exchanged = {"lat": NANTES["lon"], "lon": NANTES["lat"]}
    assert "km away from" in head.post(ADD, {**NANTES, **exchanged}).content.decode()
    there = head.post(ADD, {**NANTES, "code": "m01"})
    assert "already exists" in there.content.decode()
    with use_channel(Channel.WEBSHOP):
        assert not Location.objects.filter(name=NANTES["name"]).exists()
        warehouse = Location.objects.get(code="W01")
    where = f"/admin/inventory/location/{warehouse.pk}/change/"
    page = head.post(where, {"closed_on": "2027-01-01"})
    assert "it stays open" in page.content.decode()


def test_a_manager_opens_no_store(apart: House) -> None:
    account = Account.objects.create_staff(login="paul", password=PASSWORD)
    client = Client()
    paul = an_employee("Paul", role=Role.MANAGER, location="M01", account=account)
    sign_in(client, "office", paul)
    assert client.post(ADD, NANTES).status_code == 403
    assert ADD not in client.get("/admin/inventory/location/").content.decode()


def test_a_store_that_closes_for_good_takes_no_more(apart: House, head: Client) -> None:
    wish = a_pickup((apart.gtins[0], 1))
    with use_channel(Channel.WEBSHOP):
        order = placed(wish)
        store = Location.objects.get(code="M01")
    form = {
        name: getattr(store, name)
        for name in (
            *("name", "address", "postcode", "city", "country", "timezone"),
            *("hours", "lead_minutes", "safety"),
        )
    }
    today = timezone.localdate()
    where = f"/admin/inventory/location/{store.pk}/change/"
    soon = {**form, "closed_on": (today + timedelta(days=2)).isoformat()}
    page = head.post(where, soon, follow=True)
    assert "1 order still waits there" in page.content.decode()
    with use_channel(Channel.WEBSHOP), pytest.raises(PickupPaused):
        place(id=new_id(), maker="session:x", customer=None, asked=wish)
    assert "Closes for good" in head.get("/shop/stores/M01/").content.decode()
    head.post(where, {**form, "closed_on": date(2026, 1, 1).isoformat()})
    assert "/shop/stores/M01/" not in head.get("/shop/stores/").content.decode()
    assert "has closed for good" in head.get("/shop/stores/M01/").content.decode()
    with use_channel(Channel.WEBSHOP):
        order.refresh_from_db()
        assert order.status == "placed"
    head.post(where, form)
    with use_channel(Channel.WEBSHOP):
        place(id=new_id(), maker="session:x", customer=None, asked=wish)
