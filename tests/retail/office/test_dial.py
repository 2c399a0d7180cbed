"""The dial's page by role, the preview of what moves data, and the password to begin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from retail.channels.models import RunKind, RunState, SwitchRun
from retail.office import previewing
from retail.staff.models import Account, Role
from retail.staff.signing_in import PASSWORD_TRIES
from tests.signing_in import PASSWORD, a_head, an_employee, sign_in

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = pytest.mark.django_db(databases=ALL)

SOMEONE = {"name": "Emma D.", "email": "e…@example.com", "phone": "…12", "card": ""}
FOUND: dict[str, Any] = {
    "from": "multichannel",
    "to": "omnichannel",
    "moves_data": True,
    "demo": True,
    "kind": "join",
    "features": {"shared_database": {"before": False, "after": True}},
    "blocks": [],
    "rows": {"webshop": {"retail_order": 1200}, "pos": {"pos_ticket": 34}},
    "joined": {"points": 317, "open_orders": 4, "open_baskets": 0},
    "customers": {
        "certain": {"email": 41, "phone": 0},
        "scored": 3,
        "doubts": 2,
        "people": 40,
        "kept": 0,
        "examples": [
            {
                "one": {**SOMEONE, "channel": "webshop"},
                "other": {**SOMEONE, "channel": "pos"},
                "score": 91,
                "reason": "score",
                "reasons": [
                    {"rule": "birth_date", "agrees": 1, "weight": 36},
                    {"rule": "postcode", "agrees": 0, "weight": -4},
                ],
            }
        ],
        "doubt_examples": [],
    },
    "estimate": {
        "rows": 1234,
        "seconds": 300.0,
        "pause_seconds": 0.5,
        "measured_on": "bench",
    },
    "cannot_be_undone": ["orders-see-all", "notices-sent"],
}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the preview finds; change it to change the page."""
    told = {**FOUND}
    monkeypatch.setattr(previewing, "preview", lambda level: told)
    return told


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


def text(response: Any) -> str:
    assert response.status_code == 200, response
    return str(response.content.decode())


class TestPreview:
    def test_the_page_is_there_before_the_rows_are_counted(
        self, head: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(previewing, "preview", None)  # calling it would fail
        page = text(head.get("/office/?level=omnichannel"))
        assert 'hx-get="/office/preview/?level=omnichannel' in page
        assert "You decide when you have read it" in page
        assert 'name="password"' not in page

    @pytest.mark.parametrize("way", ["piece", "whole page"])
    def test_it_says_what_is_linked_joined_and_for_good(
        self, head: Client, found: dict[str, Any], way: str
    ) -> None:
        if way == "piece":
            headers = {"HX-Request": "true"}
            page = text(head.get("/office/preview/?level=omnichannel", headers=headers))
            assert 'id="go-panel" aria-labelledby="go" hx-swap-oob="true"' in page
            assert "<html" not in page
        else:
            page = text(head.get("/office/?level=omnichannel&preview=now"))
            assert "hx-swap-oob" not in page
        for told in (
            "44 customer records are linked",
            "40 people will have more than one record",
            "The same verified e-mail",
            "<b>2 pairs are in doubt</b>",
            "Emma D.",
            "Agree: date of birth. Differ: postcode. Score 91 of 100.",
            "Loyalty points",
            "317",
            "what was seen stays seen",
            "1,234 rows are copied and compared, in about 5 min",
            "waits for about 0.5 s",
            "Not measured here yet",
            'name="password"',
        ):
            assert told in page, told
        assert "Open baskets" not in page  # none is there
        assert "forgotten" not in page

    def test_what_is_in_the_way_takes_the_button_away(
        self, head: Client, found: dict[str, Any]
    ) -> None:
        found["blocks"] = [{"slug": "books-not-green", "says": "I3 on pos (2 rows)"}]
        page = text(head.get("/office/?level=omnichannel&preview=now"))
        assert "A rule of the books does not hold." in page
        assert "I3 on pos (2 rows)" in page
        assert 'name="password"' not in page

    def test_a_manager_reads_it_and_turns_nothing(
        self, manager: Client, found: dict[str, Any]
    ) -> None:
        page = text(manager.get("/office/?level=omnichannel&preview=now"))
        assert "44 customer records" in page
        assert "Head office turns the dial; you may look." in page
        assert 'name="password"' not in page
        told = {"level": "omnichannel", "password": PASSWORD}
        assert manager.post("/office/level/", told).status_code == 403
        assert not SwitchRun.objects.exists()

    def test_a_stranger_is_asked_to_sign_in(self) -> None:
        for path in ("/office/", "/office/preview/?level=omnichannel"):
            response = Client().get(path)
            assert response.status_code == 302
            assert response["Location"].startswith("/office/sign-in/")

    def test_a_level_without_a_move_needs_no_password(self, head: Client) -> None:
        page = text(head.get("/office/?level=cross-channel"))
        assert "Nothing moves, live within a second" in page
        assert 'name="password"' not in page
        head.post("/office/level/", {"level": "cross-channel", "why": "a test"})
        assert text(head.get("/api/v1/level/")).count("cross-channel") == 1

    @override_settings(DEMO=True)
    def test_the_demo_says_its_password(
        self, head: Client, found: dict[str, Any]
    ) -> None:
        page = text(head.get("/office/?level=omnichannel&preview=now"))
        assert "sarriette-siege" not in page  # claire is nobody of the demo
        client = Client(headers={"Accept-Language": "en"})
        sign_in(client, "office", a_head("sarah", "sarriette-siege"))
        page = text(client.get("/office/?level=omnichannel&preview=now"))
        assert "sarriette-siege" in page


class TestTurning:
    TOLD = {"level": "omnichannel", "why": "we are ready"}

    def test_with_the_password_a_run_begins(self, head: Client) -> None:
        response = head.post("/office/level/", {**self.TOLD, "password": PASSWORD})
        [run] = SwitchRun.objects.all()
        assert response["Location"] == f"/office/run/{run.pk}/"
        assert (run.kind, run.state, run.to_level, run.why) == (
            RunKind.JOIN,
            RunState.PENDING,
            "omnichannel",
            "we are ready",
        )
        assert run.by.endswith(" Claire")

    @pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper()])
    def test_with_another_nothing_begins(
        self, head: Client, found: dict[str, Any], password: str
    ) -> None:
        response = head.post("/office/level/", {**self.TOLD, "password": password})
        assert response.status_code == 302
        page = text(head.get(response["Location"]))
        assert "That is not your password. Nothing was started." in page
        assert "why=we%20are%20ready" in page  # kept for the form that comes
        assert not SwitchRun.objects.exists()

    def test_not_with_a_colleagues_either(self, head: Client) -> None:
        a_head("denis", "another-long-password")
        told = {**self.TOLD, "password": "another-long-password"}
        head.post("/office/level/", told)
        assert not SwitchRun.objects.exists()

    def test_guessing_ends_as_at_the_sign_in_page(self, head: Client) -> None:
        for _ in range(PASSWORD_TRIES):
            head.post("/office/level/", {**self.TOLD, "password": "wrong"})
        head.post("/office/level/", {**self.TOLD, "password": PASSWORD})
        assert not SwitchRun.objects.exists()
        page = text(head.get("/office/?level=omnichannel"))
        assert "Too many tries. Wait until" in page

    def test_a_second_one_is_refused(self, head: Client) -> None:
        for _ in range(2):
            response = head.post("/office/level/", {**self.TOLD, "password": PASSWORD})
        assert response["Location"] == "/office/"
        assert "A switch is under way. Follow it first." in text(head.get("/office/"))
        assert SwitchRun.objects.count() == 1
