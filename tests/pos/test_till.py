"""The till's page and endpoints: they work, refuse, are forbidden, cost what is pinned."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.ids import new_id
from inventory.models import Product
from inventory.places import Channel
from pos import shifts
from pos.models import Ticket, Till
from pos.selling import record
from retail.channels import use_channel
from retail.staff.models import Employee, Role, TillDevice
from tests.builders import a_pickup_order, a_ready_pickup, code_of, job_of, stock_of
from tests.levels import SIDES
from tests.pos.tills import a_ticket, a_till, a_web_order_ticket, chloe, seal, sold
from tests.retail.orders.house import House, alice
from tests.signing_in import a_device, an_employee, sign_in

pytestmark = pytest.mark.django_db(databases=SIDES)
JSON = "application/json"


@dataclass
class Counter:
    """A browser at a till: who stands there, and what it may ask."""

    client: Client
    till: Till
    employee: Employee
    device: TillDevice
    database: str

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"/pos/till/{path}/", query, headers={"Accept": JSON})

    def send(self, method: str, path: str, body: object) -> Any:
        text = body if isinstance(body, str) else json.dumps(body)
        return self.client.generic(
            method,
            f"/pos/till/{path}/",
            text,
            content_type=JSON,
            headers={"Accept": JSON},
        )

    def put(self, payload: dict[str, Any]) -> Any:
        return self.send("PUT", f"tickets/{payload['id']}", payload)

    def ticket(self, house: House, *lines: tuple[int, int], **changes: Any) -> Any:
        with use_channel(Channel.POS):
            return a_ticket(
                house, self.till, *lines, employee=str(self.employee.id), **changes
            )


def at_till(house: House, *, code: str = "M01", role: Role = Role.CASHIER) -> Counter:
    """Inès at her open till, signed in by PIN on its enrolled device."""
    employee = an_employee("Inès", role=role, location=code)
    with use_channel(Channel.POS):
        till = a_till(code, opened=False)
        shifts.open_shift(till, employee_id=employee.id, employee_name="Inès")
    device, token = a_device(code, till_id=till.id)
    client = Client()
    sign_in(client, "pos", employee, device=device, token=token)
    database = "pos" if house.level == "cross-channel" else "shared"
    return Counter(client, till, employee, device, database)


@pytest.fixture
def counter(both_levels: House) -> Counter:
    return at_till(both_levels)


def queries(counter: Counter, act: Any) -> tuple[int, int, Any]:
    """(on head office, on the stores' side) and the answer; printed if a pin fails."""
    with (
        CaptureQueriesContext(connections["default"]) as head,
        CaptureQueriesContext(connections[counter.database]) as side,
    ):
        answer = act()
    for each in [*head, *side]:
        print(each["sql"][:300])
    return len(head), len(side), answer


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

    @pytest.mark.parametrize("path", PATHS)
    def test_nobody_without_signing_in(self, counter: Counter, path: str) -> None:
        counter.client.cookies.clear()
        answer = counter.get(path)
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/sign-in"

    @pytest.mark.parametrize("path", PATHS)
    def test_not_for_people_of_the_warehouse(
        self, both_levels: House, path: str
    ) -> None:
        answer = at_till(both_levels, role=Role.WAREHOUSE).get(path)
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

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "bootstrap"),
            ("GET", "shift"),
            ("POST", "products"),
            ("POST", f"tickets/{new_id()}"),
            ("GET", f"tickets/{new_id()}"),
            ("GET", f"pickups/{new_id()}/hand-over"),
        ],
    )
    def test_no_other_method(self, counter: Counter, method: str, path: str) -> None:
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
        assert (head, side) == (4, 6)


class TestShift:
    def test_a_colleague_s_shift_is_closed_only_when_named(
        self, counter: Counter
    ) -> None:
        with use_channel(Channel.POS):
            mine = shifts.current(counter.till.id)
            assert mine is not None
            shifts.close_shift(mine)
            theirs = shifts.open_shift(
                counter.till, employee_id=new_id(), employee_name="Samir"
            )
        answer = counter.send("POST", "shift", {})
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/shift-open"
        assert answer.json()["employee"] == "Samir"

        answer = counter.send("POST", "shift", {"instead_of": str(theirs.id)})

        assert answer.json()["employee"] == str(counter.employee.id)
        with use_channel(Channel.POS):
            theirs.refresh_from_db()
        assert theirs.closed_at is not None


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

    @pytest.mark.parametrize("typed", ["", " ", "96385074", "xyzzy", "%", "'", "\x00"])
    def test_nothing_found_is_an_empty_list(self, counter: Counter, typed: str) -> None:
        assert counter.get("products", q=typed).json() == {"results": []}

    def test_its_queries(self, both_levels: House, counter: Counter) -> None:
        gtin = both_levels.gtins[0]
        counter.get("products", q=gtin)
        head, side, _ = queries(counter, lambda: counter.get("products", q=gtin))
        assert (head, side) == (4, 3)
        head, side, _ = queries(counter, lambda: counter.get("products", q=gtin[:5]))
        assert (head, side) == (4, 4)


class TestCustomers:
    def test_found_by_card_phone_and_name_and_masked(
        self, both_levels: House, counter: Counter
    ) -> None:
        customer = chloe(with_points=42)
        for text in (customer.card, "06 39 98 01 03", "chloé", "Durand"):
            found = counter.get("customers", q=text).json()["results"]
            assert [each["id"] for each in found] == [str(customer.id)], text
        assert found[0]["name"] == "Chloé D."
        assert found[0]["points"] == 42
        told = json.dumps(found)
        assert customer.card not in told
        assert customer.phone not in told
        assert "Durand" not in told

    def test_one_of_several_is_chosen_by_id(self, counter: Counter) -> None:
        one = chloe(with_points=5)
        chloe(phone="+33639980104")
        several = counter.get("customers", q="chloé").json()["results"]
        assert [each["points"] for each in several] == [None, None]
        chosen = counter.get("customers", id=str(one.id)).json()["results"]
        assert [each["points"] for each in chosen] == [5]
        for wrong in (str(new_id()), "x"):
            assert counter.get("customers", id=wrong).json()["results"] == []

    def test_apart_a_web_card_is_unknown_and_the_page_says_why(
        self, apart: House
    ) -> None:
        customer = alice()
        counter = at_till(apart)
        told = counter.get("customers", q=customer.card).json()
        assert told["results"] == []
        assert told["why"]["level"] == "cross-channel"
        assert all(told["why"].values())
        assert counter.get("customers", id=str(customer.id)).json()["results"] == []

    def test_shared_a_web_card_is_known_at_the_till(self, shared_only: House) -> None:
        customer = alice(with_points=90)
        told = at_till(shared_only).get("customers", q=customer.card).json()
        assert [each["points"] for each in told["results"]] == [90]
        assert told["why"] is None

    def test_nothing_asked_nothing_told(self, counter: Counter) -> None:
        chloe()
        assert counter.get("customers", q=" ").json()["results"] == []


class TestPickups:
    def test_the_code_opens_it_and_it_is_paid_and_handed_over(
        self, both_levels: House, counter: Counter
    ) -> None:
        order = a_ready_pickup(both_levels, (1, 2))
        code = code_of(order)
        job = counter.get("pickups", code=f" {code[:4].lower()}-{code[4:]}").json()
        assert (job["number"], job["due"], job["collectable"]) == (
            order.number,
            "24.00",
            True,
        )
        with use_channel(Channel.POS):
            payload = a_web_order_ticket(
                counter.till, job_of(order), employee=str(counter.employee.id)
            )
        body = {"event": str(new_id()), "code": code}
        path = f"pickups/{job['id']}/hand-over"
        unpaid = counter.send("POST", path, body)
        assert (unpaid.status_code, unpaid.json()["type"]) == (
            409,
            "/problems/not-paid",
        )

        assert counter.put(payload).status_code == 201
        done = counter.send("POST", path, body)

        assert (done.status_code, done.json()["status"]) == (200, "collected")
        assert counter.send("POST", path, body).json()["status"] == "collected"
        assert stock_of(both_levels, "M01", 1) == (1, 0)

    def test_a_wrong_code_hands_nothing_over(
        self, both_levels: House, counter: Counter
    ) -> None:
        order = a_ready_pickup(both_levels)
        path = f"pickups/{job_of(order).id}/hand-over"
        for body in ({"code": "22222222"}, {"code": None}, {"code": 7}, {}):
            answer = counter.send("POST", path, {"event": str(new_id()), **body})
            assert answer.json()["type"] == "/problems/wrong-code"
        assert job_of(order).status == "ready"

    def test_an_order_that_is_not_ready_says_so(
        self, both_levels: House, counter: Counter
    ) -> None:
        order = a_pickup_order(both_levels)
        job = counter.get("pickups", code=code_of(order)).json()
        assert not job["collectable"]
        answer = counter.send(
            "POST",
            f"pickups/{job['id']}/hand-over",
            {"event": str(new_id()), "code": code_of(order)},
        )
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/illegal-move"

    def test_another_store_s_pickup_is_as_unknown_as_an_invented_one(
        self, both_levels: House, counter: Counter
    ) -> None:
        order = a_ready_pickup(both_levels)
        code = code_of(order)
        elsewhere = at_till(both_levels, code="M02")
        theirs = elsewhere.get("pickups", code=code)
        invented = elsewhere.get("pickups", code="22222222")
        assert theirs.status_code == invented.status_code == 404
        assert theirs.json() == invented.json()
        answer = elsewhere.send(
            "POST",
            f"pickups/{job_of(order).id}/hand-over",
            {"event": str(new_id()), "code": code, "name_checked": True},
        )
        assert answer.status_code == 404
        assert job_of(order).status == "ready"

    @pytest.mark.parametrize("body", ["", "[]", "{}", '{"event": "x"}', '{"event": 1}'])
    def test_a_hand_over_without_an_event_is_refused(
        self, both_levels: House, counter: Counter, body: str
    ) -> None:
        path = f"pickups/{job_of(a_ready_pickup(both_levels)).id}/hand-over"
        assert counter.send("POST", path, body).status_code == 400


class TestTickets:
    def test_booked_then_replayed(self, both_levels: House, counter: Counter) -> None:
        payload = counter.ticket(both_levels)
        first, again = counter.put(payload), counter.put(payload)
        assert (first.status_code, first.json()["status"]) == (201, "accepted")
        assert (again.status_code, again.json()["status"]) == (200, "replayed")
        assert first.json()["next"] == {
            "number": 2,
            "previous_hash": payload["hash"],
        }
        with use_channel(Channel.POS):
            assert Ticket.objects.count() == 1

    def test_its_queries(self, both_levels: House, counter: Counter) -> None:
        counter.put(counter.ticket(both_levels))
        payload = counter.ticket(both_levels, (0, 1), (1, 1), (2, 1))
        head, side, _ = queries(counter, lambda: counter.put(payload))
        assert (head, side) == (4, 15)

    @pytest.mark.parametrize(
        "body", ["", "{", "null", "[]", "1", '{"total": NaN}', "[" * 100_000]
    )
    def test_what_is_no_json_is_refused(self, counter: Counter, body: str) -> None:
        answer = counter.send("PUT", f"tickets/{new_id()}", body)
        assert (answer.status_code, answer.json()["type"]) == (
            400,
            "/problems/invalid",
        )

    def test_the_id_is_that_of_the_address(
        self, both_levels: House, counter: Counter
    ) -> None:
        payload = counter.ticket(both_levels)
        answer = counter.send("PUT", f"tickets/{new_id()}", payload)
        assert answer.json()["errors"] == {"id": "is not that of the address"}

    @pytest.mark.parametrize(
        ("changes", "status", "slug"),
        [
            ({"total": "1.00"}, 400, "invalid"),
            ({"hash": "a" * 64}, 400, "wrong-hash"),
            ({"number": 7}, 409, "chain-broken"),
            ({"till": str(new_id())}, 403, "other-till"),
            ({"employee": str(new_id())}, 409, "no-shift"),
            ({"customer": str(new_id())}, 409, "unknown-customer"),
        ],
    )
    def test_refusals_are_problems_with_a_slug(
        self,
        both_levels: House,
        counter: Counter,
        changes: dict[str, Any],
        status: int,
        slug: str,
    ) -> None:
        payload = counter.ticket(both_levels) | changes
        if slug not in {"invalid", "wrong-hash"}:
            payload = seal(payload)
        answer = counter.put(payload)
        assert (answer.status_code, answer.json()["type"]) == (
            status,
            f"/problems/{slug}",
        )
        assert answer["Content-Type"] == "application/problem+json"
        with use_channel(Channel.POS):
            assert not Ticket.objects.exists()

    def test_held_units_are_named_with_their_order_and_then_taken(
        self, both_levels: House, counter: Counter
    ) -> None:
        order = a_pickup_order(both_levels, (0, 2))
        payload = counter.ticket(both_levels, (0, 3))

        asked = counter.put(payload)

        assert (asked.status_code, asked.json()["type"]) == (409, "/problems/held")
        assert asked.json()["lines"] == [
            {
                "gtin": both_levels.gtins[0],
                "wanted": 3,
                "free": 1,
                "held_for": [order.number],
            }
        ]
        taken = counter.put(payload | {"take_held": True})
        assert taken.status_code == 201
        assert job_of(order).status == "short"


def test_tickets_of_the_page_and_of_the_verb_are_one_chain(
    both_levels: House, counter: Counter
) -> None:
    counter.put(counter.ticket(both_levels))
    with use_channel(Channel.POS):
        second = sold(both_levels, counter.till, employee=str(counter.employee.id))
    assert (second.number, second.total) == (2, Decimal("3.40"))
