"""The pinned context of a request, and the second try where a side has closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from inventory.models import TaxCategory
from inventory.places import Channel
from retail import channels
from retail.channels import snapshot
from retail.channels.middleware import LEFT_BEHIND
from retail.channels.models import LevelState
from retail.channels.roles import owner_connection
from retail.channels.routing import route
from tests.retail.channels import pages

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = [
    pytest.mark.django_db(databases=ALL),
    pytest.mark.urls("tests.retail.channels.pages"),
]


@pytest.mark.parametrize(
    ("prefix", "channel", "apart"),
    [
        ("shop", "webshop", "webshop"),
        ("pos", "pos", "pos"),
        ("warehouse", "webshop", "webshop"),
        ("office", "webshop", "webshop"),
        ("admin", "webshop", "webshop"),
    ],
)
def test_the_prefix_decides_the_channel(
    client: Client, prefix: str, channel: str, apart: str
) -> None:
    told = client.get(f"/{prefix}/t/where/").json()
    assert (told["channel"], told["database"]) == (channel, apart)
    route("omnichannel", by="test", why="")
    assert client.get(f"/{prefix}/t/where/").json()["database"] == "shared"


@pytest.mark.parametrize("path", ["/t/nowhere/", "/api/v1/t/nowhere/"])
def test_other_paths_have_no_channel(client: Client, path: str) -> None:
    assert client.get(path).content == b"none"


def test_a_credential_pins_until_the_request_ends(client: Client) -> None:
    assert client.get("/api/v1/t/keyed/").json()["database"] == "pos"
    with pytest.raises(channels.NoContext):
        channels.current()
    assert client.get("/api/v1/t/nowhere/").content == b"none"


def test_nothing_a_client_sends_chooses_a_database(client: Client) -> None:
    told = client.get(
        "/shop/t/where/?database=shared&level=omnichannel&side=pos",
        headers={"X-Level": "omnichannel", "X-Database": "pos"},
    ).json()
    assert told["database"] == "webshop"


def test_a_streamed_body_keeps_its_channel(client: Client) -> None:
    response = client.get("/pos/t/stream/")
    assert b"".join(response.streaming_content) == b"pos 0\npos 0\n"


class Moved:
    """The dial goes to `shared` behind this process's back; `webshop` is closed."""

    def __init__(self) -> None:
        pages.tries.clear()
        snapshot.snapshot(fresh=True)
        close("webshop")
        LevelState.objects.update(shared_database=True)

    def rows(self, channel: Channel = Channel.WEBSHOP) -> int:
        with channels.use_snapshot(fresh=True), channels.use_channel(channel):
            return TaxCategory.objects.count()


def close(side: str) -> None:
    with owner_connection(side) as connection:
        connection.execute(
            "ALTER TABLE inventory_taxcategory ENABLE ALWAYS TRIGGER aa_fence"
        )


@pytest.fixture
def moved(transactional_db: None) -> Iterator[Moved]:
    with override_settings(CHANNELS_SNAPSHOT_SECONDS=60):
        yield Moved()
    snapshot.forget()


def test_nothing_that_a_try_leaves_on_the_request_survives_it() -> None:
    """A row of the closed side, found again by the second try, would stop it."""
    rooms = ("retail", "webshop", "pos")
    left = {
        name
        for room in rooms
        for path in Path(settings.BASE_DIR, room).rglob("*.py")
        for name in re.findall(r"\brequest\.([a-z_]+) = ", path.read_text("utf-8"))
    }
    assert "visitor" in left
    assert left - {"fence_refused"} <= set(LEFT_BEHIND)


committing = pytest.mark.django_db(databases=ALL, transaction=True)


@committing
def test_a_form_is_tried_again_where_the_channel_lives(
    client: Client, moved: Moved
) -> None:
    response = client.post("/shop/t/form/", {"code": "a"})
    assert (response.status_code, response.content) == (200, b"shared")
    assert pages.tries == ["webshop", "shared"]
    assert moved.rows() == 1
    assert client.get("/shop/t/where/").json()["count"] == 1
    assert client.get("/shop/t/talk/").content == b"written"  # once


@committing
def test_json_is_tried_again(client: Client, moved: Moved) -> None:
    response = client.post(
        "/shop/t/body/", {"code": "b"}, content_type="application/json"
    )
    assert (response.status_code, response.content) == (200, b"shared")
    assert moved.rows() == 1


@committing
@pytest.mark.parametrize("size", [1_000, 4_000_000])
def test_an_upload_is_tried_again_whole(
    client: Client, moved: Moved, size: int
) -> None:
    file = SimpleUploadedFile("photo.jpg", b"x" * size)
    response = client.post("/shop/t/upload/", {"file": file})
    assert (response.status_code, response.content) == (200, str(size).encode())
    assert len(pages.tries) == 2


@committing
def test_a_body_that_is_gone_is_not_sent_half(client: Client, moved: Moved) -> None:
    response = client.post(
        "/shop/t/raw/", {"code": "c"}, content_type="application/json"
    )
    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert len(pages.tries) == 1
    assert moved.rows() == 0


@committing
def test_closed_twice_is_503_and_changes_nothing(client: Client, moved: Moved) -> None:
    close("shared")
    response = client.post("/shop/t/form/", {"code": "d"})
    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert pages.tries == ["webshop", "shared"]
    assert moved.rows() == 0
    assert client.get("/shop/t/where/").json()["count"] == 0


@committing
def test_a_verb_outside_requests_is_tried_again(moved: Moved) -> None:
    def verb(code: str) -> str:
        with channels.atomic():
            pages.write(code)
        return channels.current().database

    with channels.use_channel(Channel.WEBSHOP):
        assert channels.retrying(verb)("e") == "shared"
    assert moved.rows() == 1


def test_ready_means_that_every_database_answers(client: Client) -> None:
    response = client.get("/health/?ready")
    assert response.status_code == 200
    assert {
        alias: told["ok"] for alias, told in response.json()["databases"].items()
    } == dict.fromkeys(ALL, True)


@committing
def test_a_column_that_comes_while_plans_are_kept_stops_nobody(client: Client) -> None:
    pages.tries.clear()
    for _ in range(7):  # the sixth has its plan kept
        assert client.get("/shop/t/everything/").content == b"0"
    with owner_connection("webshop") as connection:
        connection.execute("ALTER TABLE inventory_taxcategory ADD COLUMN later text")
    assert client.get("/shop/t/everything/").content == b"0"
    assert len(pages.tries) == 7 + 2
