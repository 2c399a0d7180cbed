"""The till's page and what the app asks to begin: works, refuses, is forbidden, costs."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from inventory.ids import master_id, new_id
from inventory.models import Product
from inventory.places import Channel
from pos import shifts
from pos.models import Closing
from pos.selling import record
from retail.channels import use_channel
from retail.staff.models import Role
from tests.levels import SIDES
from tests.pos.counter import Counter, at_till, queries
from tests.pos.tills import closed
from tests.retail.orders.house import House
from tests.signing_in import PIN, a_device, an_employee, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)
JSON = "application/json"


# the same for every worker, or they would collect different tests
SOMEBODYS = master_id("test", "somebody's")


@pytest.fixture
def counter(both_levels: House) -> Counter:
    return at_till(both_levels)


class TestPage:
    def test_it_shows_the_till_and_brings_its_texts(self, counter: Counter) -> None:
        answer = counter.client.get("/pos/")
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "Place M01" in page
        boot = re.search(
            r'<script id="till-boot" type="application/json">(.*?)</script>', page
        )
        assert boot is not None
        assert json.loads(boot[1])["words"]["items"]

    def test_no_script_or_style_stands_in_the_page(self, counter: Counter) -> None:
        page = counter.client.get("/pos/").content.decode()
        scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
        assert scripts == ['<script id="till-boot" type="application/json">']
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick" not in page.lower()

    def test_a_stranger_is_asked_to_sign_in(self, counter: Counter) -> None:
        answer = Client().get("/pos/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/pos/sign-in/")

    def test_a_device_of_the_store_side_is_no_till(self, both_levels: House) -> None:
        employee = an_employee(location="M01")
        device, token = a_device("M01")  # of no till
        client = Client()
        sign_in(client, "pos", employee, device=device, token=token)
        assert client.get("/pos/").status_code == 403


class TestForbidden:
    PATHS = ("bootstrap", "products", "customers", "pickups")

    def test_nobody_without_signing_in(
        self, counter: Counter, subtests: pytest.Subtests
    ) -> None:
        counter.client.cookies.clear()
        for path in self.PATHS:
            with subtests.test(path=path):
                answer = counter.get(path)
                assert answer.status_code == 401
                assert answer.json()["type"] == "/problems/sign-in"

    def test_not_for_people_of_the_warehouse(
        self, both_levels: House, subtests: pytest.Subtests
    ) -> None:
        stray = at_till(both_levels, role=Role.WAREHOUSE)
        for path in self.PATHS:
            with subtests.test(path=path):
                answer = stray.get(path)
                assert answer.status_code == 403
                assert answer["Content-Type"] == "application/problem+json"

    def test_a_manager_sells_too(self, both_levels: House) -> None:
        counter = at_till(both_levels, role=Role.MANAGER)
        assert counter.get("bootstrap").status_code == 200

    def test_a_write_needs_its_csrf_header(
        self, both_levels: House, counter: Counter
    ) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = counter.client.cookies
        payload = counter.ticket(both_levels)
        path = f"/pos/till/tickets/{payload['id']}/"
        given = {"content_type": JSON, "headers": {"Accept": JSON}}
        assert strict.put(path, json.dumps(payload), **given).status_code == 403
        token = strict.get("/pos/till/bootstrap/").json()["csrf"]
        given["headers"] = {"Accept": JSON, "X-CSRFToken": token}
        assert strict.put(path, json.dumps(payload), **given).status_code == 201

    def test_no_other_method(self, counter: Counter, subtests: pytest.Subtests) -> None:
        for method, path in [
            ("POST", "bootstrap"),
            ("GET", "shift"),
            ("POST", "products"),
            ("POST", f"tickets/{SOMEBODYS}"),
            ("GET", f"tickets/{SOMEBODYS}"),
            ("GET", f"pickups/{SOMEBODYS}/hand-over"),
        ]:
            with subtests.test(method=method, path=path):
                assert counter.send(method, path, {}).status_code == 405

    def test_a_revoked_device_sells_no_more(self, counter: Counter) -> None:
        counter.client.cookies["till_device"] = "another"
        assert counter.get("bootstrap").status_code == 401


class TestBootstrap:
    def test_it_says_all_that_the_app_needs(
        self, both_levels: House, counter: Counter
    ) -> None:
        told = counter.get("bootstrap").json()
        assert told["till"]["location"]["code"] == "M01"
        assert told["shift"]["employee"] == told["employee"]["id"]
        assert told["next"] == {
            "number": 1,
            "previous_hash": counter.till.last_hash,
        }
        assert told["level"] == both_levels.level
        assert told["features"]["shared_database"] == (
            both_levels.level == "omnichannel"
        )
        assert told["csrf"]

    def test_tiles_are_what_sells(self, both_levels: House, counter: Counter) -> None:
        with use_channel(Channel.POS):
            Product.objects.update(image="photos/x.jpg")
            payload = counter.ticket(both_levels, (1, 1), (2, 1))
            record(payload, till_id=counter.till.id)
            record(counter.ticket(both_levels, (1, 1)), till_id=counter.till.id)
        gtins = both_levels.gtins
        tiles = [tile["gtin"] for tile in counter.get("bootstrap").json()["tiles"]]
        assert tiles == [gtins[1], gtins[2], gtins[0]]

    def test_its_queries(self, both_levels: House, counter: Counter) -> None:
        with use_channel(Channel.POS):
            Product.objects.update(image="photos/x.jpg")
        head, side, _ = queries(counter, lambda: counter.get("bootstrap"))
        assert (head, side) == (4, 9)


class TestShift:
    def test_a_colleague_s_shift_is_closed_only_when_named(
        self, counter: Counter
    ) -> None:
        with use_channel(Channel.POS):
            mine = shifts.current(counter.till.id)
            assert mine is not None
            closed(mine)
            theirs = shifts.open_shift(
                counter.till, employee_id=new_id(), employee_name="Samir"
            )
        answer = counter.send("POST", "shift", {})
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/shift-open"
        assert answer.json()["employee"] == "Samir"

        named = {"instead_of": str(theirs.id)}
        answer = counter.send("POST", "shift", named)
        assert (answer.status_code, answer.json()["act"]) == (409, "shift")
        with use_channel(Channel.POS):
            assert shifts.current(counter.till.id) == theirs
        paul = an_employee("Paul", role=Role.MANAGER, location="M01")
        asked = {"manager": str(paul.id), "pin": PIN, "ticket": str(theirs.id)}
        word = counter.send(
            "POST", "approvals", asked | {"act": "shift", "most": "0.00"}
        ).json()["approval"]

        answer = counter.send("POST", "shift", named | {"approval": word})

        assert answer.json()["employee"] == str(counter.employee.id)
        with use_channel(Channel.POS):
            z = Closing.objects.get(shift=theirs)
            assert set(z.tenders.values_list("counted", flat=True)) == {None}
        assert (z.employee_name, z.approved_by, z.approved_by_name) == (
            "Inès", paul.id, "Paul",
        )  # fmt: skip


class TestProducts:
    def test_by_barcode_in_every_length(
        self, both_levels: House, counter: Counter
    ) -> None:
        gtin = both_levels.gtins[0]
        for scanned in (gtin, f"0{gtin}"):
            found = counter.get("products", q=scanned).json()["results"]
            assert [(each["gtin"], each["price"]) for each in found] == [(gtin, "3.40")]
            assert found[0]["tax_rate"] == "0.0550"

    @pytest.mark.parametrize("typed", ["CREME BRULEE", "crème", "brûl"])
    def test_by_name_whatever_the_accents(
        self, both_levels: House, counter: Counter, typed: str
    ) -> None:
        with use_channel(Channel.POS):
            Product.objects.filter(name=both_levels.gtins[1]).update(
                sort_name="creme brulee la laitiere"
            )
        found = counter.get("products", q=typed).json()["results"]
        assert [each["gtin"] for each in found] == [both_levels.gtins[1]]

    def test_nothing_found_is_an_empty_list(
        self, counter: Counter, subtests: pytest.Subtests
    ) -> None:
        for typed in ["", " ", "96385074", "xyzzy", "%", "'", "\x00"]:
            with subtests.test(typed=typed):
                assert counter.get("products", q=typed).json() == {"results": []}

    def test_its_queries(self, both_levels: House, counter: Counter) -> None:
        gtin = both_levels.gtins[0]
        counter.get("products", q=gtin)
        head, side, _ = queries(counter, lambda: counter.get("products", q=gtin))
        assert (head, side) == (4, 3)
        head, side, _ = queries(counter, lambda: counter.get("products", q=gtin[:5]))
        assert (head, side) == (4, 4)
