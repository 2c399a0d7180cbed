"""Customers, web orders and tickets at the till: found, paid, handed over, refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from inventory.ids import new_id
from inventory.places import Channel
from pos.models import Ticket
from retail.channels import use_channel
from tests.builders import a_pickup_order, a_ready_pickup, code_of, job_of, stock_of
from tests.levels import SIDES
from tests.pos.counter import Counter, at_till, queries
from tests.pos.tills import a_web_order_ticket, chloe, seal, sold
from tests.retail.orders.house import House, alice

pytestmark = pytest.mark.django_db(databases=SIDES)


def opened(counter: Counter, code: str) -> Any:
    return counter.send("POST", "pickups", {"code": code})


def greeted(counter: Counter, text: str) -> Any:
    return counter.send("POST", "customers", {"code": text})


@pytest.fixture
def counter(both_levels: House) -> Counter:
    return at_till(both_levels)


class TestCustomers:
    def test_found_by_card_phone_and_name_and_masked(
        self, both_levels: House, counter: Counter
    ) -> None:
        customer = chloe(with_points=42)
        for text in (customer.card, "06 39 98 01 03", "chloé", "Durand"):
            found = greeted(counter, text).json()["results"]
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
        several = greeted(counter, "chloé").json()["results"]
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
        told = greeted(counter, customer.card).json()
        assert told["results"] == []
        assert told["why"]["level"] == "cross-channel"
        assert all(told["why"].values())
        assert counter.get("customers", id=str(customer.id)).json()["results"] == []

    def test_shared_a_web_card_is_known_at_the_till(self, shared_only: House) -> None:
        customer = alice(with_points=90)
        told = greeted(at_till(shared_only), customer.card).json()
        assert [each["points"] for each in told["results"]] == [90]
        assert told["why"] is None

    def test_nothing_asked_nothing_told(self, counter: Counter) -> None:
        chloe()
        assert greeted(counter, " ").json()["results"] == []


class TestPickups:
    def test_the_code_opens_it_and_it_is_paid_and_handed_over(
        self, both_levels: House, counter: Counter
    ) -> None:
        order = a_ready_pickup(both_levels, (1, 2))
        code = code_of(order)
        job = opened(counter, f" {code[:4].lower()}-{code[4:]}").json()
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

    def test_the_board_names_it_by_its_id(
        self, both_levels: House, counter: Counter
    ) -> None:
        """Where the name is checked there is no code; another store's is unknown."""
        order = a_ready_pickup(both_levels)
        job = job_of(order)
        assert counter.get("pickups", id=str(job.id)).json()["number"] == order.number
        for unknown in (str(new_id()), "x"):
            assert counter.get("pickups", id=unknown).status_code == 404

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
        job = opened(counter, code_of(order)).json()
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
        theirs = opened(elsewhere, code)
        invented = opened(elsewhere, "22222222")
        assert theirs.status_code == invented.status_code == 404
        assert theirs.json() == invented.json()
        answer = elsewhere.send(
            "POST",
            f"pickups/{job_of(order).id}/hand-over",
            {"event": str(new_id()), "code": code, "name_checked": True},
        )
        assert answer.status_code == 404
        assert job_of(order).status == "ready"

    def test_a_hand_over_without_an_event_is_refused(
        self, both_levels: House, counter: Counter, subtests: pytest.Subtests
    ) -> None:
        path = f"pickups/{job_of(a_ready_pickup(both_levels)).id}/hand-over"
        for body in ["", "[]", "{}", '{"event": "x"}', '{"event": 1}']:
            with subtests.test(body=body):
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
        # the device's till; a transaction of two statements
        assert (head, side) == (4, 5)

    def test_what_is_no_json_is_refused(
        self, counter: Counter, subtests: pytest.Subtests
    ) -> None:
        for body in ["", "{", "null", "[]", "1", '{"total": NaN}', "[" * 100_000]:
            with subtests.test(body=body):
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

    def test_refusals_are_problems_with_a_slug(
        self, both_levels: House, counter: Counter, subtests: pytest.Subtests
    ) -> None:
        for changes, status, slug in [
            ({"total": "1.00"}, 400, "invalid"),
            ({"hash": "a" * 64}, 400, "wrong-hash"),
            ({"number": 7}, 409, "chain-broken"),
            ({"till": str(new_id())}, 403, "other-till"),
            ({"employee": str(new_id())}, 409, "no-shift"),
            ({"customer": str(new_id())}, 409, "unknown-customer"),
        ]:
            with subtests.test(changes=changes, status=status, slug=slug):
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
