"""While a switch moves data: reading goes on, writing waits, and what waited too long is
told to come again, or comes again by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from inventory.ids import new_id
from inventory.models import TaxCategory
from inventory.places import Channel
from retail import channels
from retail.channels import closed_views, middleware, snapshot, waiting
from retail.channels.models import LevelState
from tests.retail.channels import pages
from tests.retail.channels.test_middleware import close

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = [
    pytest.mark.django_db(databases=ALL),
    pytest.mark.urls("tests.retail.channels.pages"),
]


class Clock:
    """Stands in for `time`: nobody sleeps, and at the given second something happens."""

    def __init__(self) -> None:
        self.now = 0.0
        self.looks = 0
        self.at: tuple[float, Callable[[], object]] | None = None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.looks += 1
        self.now += seconds
        if self.at and self.now >= self.at[0]:
            self.at[1]()
            self.at = None


def open_on_shared() -> None:
    LevelState.objects.update(shared_database=True, moving=None)


def open_again() -> None:
    LevelState.objects.update(moving=None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    found = Clock()
    pages.tries.clear()
    monkeypatch.setattr(waiting, "time", found)
    monkeypatch.setattr(middleware, "time", found)
    with override_settings(CLOSED_PATIENCE_SECONDS=3.0):
        yield found


@pytest.fixture
def moving(db: None) -> None:
    LevelState.objects.update(moving=new_id())


@pytest.mark.usefixtures("moving")
class TestWaiting:
    def test_a_form_waits_and_runs_on_the_other_side(
        self, client: Client, clock: Clock
    ) -> None:
        clock.at = 1.2, open_on_shared
        response = client.post("/shop/t/form/", {"code": "a"})
        assert (response.status_code, response.content) == (200, b"shared")
        assert pages.tries == ["shared"]
        assert 1.2 <= clock.now < 1.3
        assert client.get("/shop/t/where/").json()["count"] == 1

    @pytest.mark.parametrize("path", ["/pos/t/body/", "/api/v1/t/keyed/"])
    def test_tills_and_keys_wait_too(
        self, client: Client, clock: Clock, path: str
    ) -> None:
        clock.at = 2.9, open_again
        response = client.post(path, {"code": "b"}, content_type="application/json")
        assert response.status_code == 200

    def test_after_its_patience_it_is_told_to_come_again(
        self, client: Client, clock: Clock
    ) -> None:
        response = client.post("/shop/t/form/", {"code": "c"})
        assert response.status_code == 503
        assert response["Retry-After"] == "2"
        assert pages.tries == []
        assert 3.0 <= clock.now < 3.1
        assert client.get("/shop/t/where/").json()["count"] == 0

    def test_only_some_may_wait(self, clock: Clock) -> None:
        with override_settings(CLOSED_WAITERS=0):
            response = Client().post("/shop/t/form/", {"code": "d"})
        assert response.status_code == 503
        assert clock.looks == 0
        doorway = waiting.Doorway()
        for _ in range(2):  # of the four threads of a worker
            assert doorway.places.acquire(blocking=False)
        assert not doorway.passed(until=3.0)
        assert clock.looks == 0
        doorway.places.release()
        clock.at = 1.0, open_again
        assert doorway.passed(until=3.0)
        assert doorway.places.acquire(blocking=False)  # its place is free again

    @pytest.mark.parametrize("path", ["/shop/t/where/", "/api/v1/t/keyed/"])
    def test_reading_goes_on(self, client: Client, clock: Clock, path: str) -> None:
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
        assert clock.looks == 0

    def test_office_and_health_do_not_wait(self, client: Client, clock: Clock) -> None:
        assert client.post("/office/t/form/", {"code": "e"}).status_code == 200
        assert client.get("/health/").json() == {"status": "ok"}
        assert client.get("/t/nowhere/").status_code == 200
        assert clock.looks == 0


def test_a_run_that_copies_while_people_buy_stops_nobody(
    client: Client, clock: Clock
) -> None:
    """`moving` is empty until the old side is closed."""
    assert client.post("/shop/t/form/", {"code": "f"}).content == b"webshop"
    assert clock.looks == 0


@pytest.mark.django_db(databases=ALL, transaction=True)
def test_what_was_refused_in_the_middle_waits_before_its_second_try(
    client: Client, clock: Clock, transactional_db: None
) -> None:
    """This process did not know yet that the side had closed."""
    with override_settings(CHANNELS_SNAPSHOT_SECONDS=60):
        snapshot.snapshot(fresh=True)
        close("webshop")
        LevelState.objects.update(moving=new_id())
        clock.at = 0.5, open_on_shared
        response = client.post("/shop/t/form/", {"code": "g"})
        assert (response.status_code, response.content) == (200, b"shared")
        assert pages.tries == ["webshop", "shared"]
        with channels.use_snapshot(fresh=True), channels.use_channel(Channel.WEBSHOP):
            assert TaxCategory.objects.count() == 1
    snapshot.forget()


def fields_of(page: bytes) -> list[tuple[str, str]]:
    found = re.findall(
        r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.decode()
    )
    return [(unescape(name), unescape(value)) for name, value in found]


@pytest.mark.usefixtures("moving")
class TestAnswer:
    EN = {"Accept-Language": "en"}

    def post(
        self, told: dict[str, Any], path: str = "/shop/t/form/", **more: str
    ) -> Any:
        client = Client(headers={**self.EN, **more})
        return client.post(
            path,
            "&".join(f"{k}={v}" for k, v in told.items()),
            content_type=closed_views.FORM,
        )

    def test_a_form_is_kept_in_a_page_that_sends_it_again(self) -> None:
        sent = {"event": str(new_id()), "note": "%3Cb%3E%22x%22", "method": "collect"}
        response = self.post(sent, "/shop/t/form/?page=2")
        assert response.status_code == 503
        assert response["Retry-After"] == "2"
        assert response["Cache-Control"] == "no-store"
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert b"Nothing you sent is lost" in response.content
        assert fields_of(response.content) == [
            ("event", sent["event"]),
            ("note", '<b>"x"'),
            ("method", "collect"),
        ]
        page = response.content.decode()
        assert 'action="/shop/t/form/?page=2"' in page
        assert 'method="post"' in page
        assert '<button class="btn">Send again</button>' in page
        assert re.findall(r"<script(?![^>]*\bsrc=)|style=|onclick", page) == []

    def test_sent_again_after_the_opening_it_counts_once(self, client: Client) -> None:
        pages.tries.clear()
        page = self.post({"title": "h"}).content
        open_on_shared()
        told = dict(fields_of(page))
        assert told == {"title": "h"}
        assert client.post("/shop/t/form/", {**told, "code": "h"}).status_code == 200
        assert pages.tries == ["shared"]

    def test_the_token_comes_back_as_it_was_and_is_never_made(self) -> None:
        """One made here would sign whatever another site had sent."""
        page = self.post({"csrfmiddlewaretoken": "theirs", "a": "1"}).content
        assert ("csrfmiddlewaretoken", "theirs") in fields_of(page)
        page = self.post({"a": "1"}).content
        assert fields_of(page) == [("a", "1")]

    @pytest.mark.parametrize(
        "name", ["password", "new_password", "pin", "PIN", "code", "pickup-code"]
    )
    def test_secrets_are_not_written_into_a_page(self, name: str) -> None:
        page = self.post(
            {name: "s3cret", "a": "1"}, Referer="http://testserver/shop/x/"
        ).content
        assert b"s3cret" not in page
        assert fields_of(page) == []
        assert b"enter it once more" in page
        assert b'href="/shop/x/"' in page or b'href="http://testserver/shop/x/"' in page

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "null"},
        ],
    )
    def test_another_sites_form_is_not_made_ours(self, headers: dict[str, str]) -> None:
        page = self.post(
            {"amount": "999"}, Referer="https://evil.example/", **headers
        ).content
        assert b"999" not in page
        assert b"evil" not in page

    def test_files_and_long_texts_are_not_kept(self, client: Client) -> None:
        file = SimpleUploadedFile("photo.jpg", b"xyz")
        response = client.post("/shop/t/upload/", {"file": file}, headers=self.EN)
        assert b"enter it once more" in response.content
        page = self.post({"note": "x" * closed_views.MOST}).content
        assert b"xxxx" not in page

    def test_programs_get_a_problem(self, client: Client) -> None:
        for path in ("/api/v1/t/keyed/", "/pos/t/body/", "/shop/t/body/"):
            response = client.post(path, {"a": 1}, content_type="application/json")
            assert response.status_code == 503
            assert response["Content-Type"] == "application/problem+json"
            assert response.json()["type"] == "/problems/closed"
            assert response["Retry-After"] == "2"

    def test_a_piece_of_a_page_gets_no_page(self) -> None:
        response = self.post({"a": "1"}, **{"HX-Request": "true"})
        assert (response.status_code, response.content) == (503, b"")
        assert response["Retry-After"] == "2"
