import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from inventory.places import Channel
from retail import channels
from retail.channels.context import unpinned
from retail.staff.api import KeyAuthentication
from retail.staff.keys import KeyNeedsPlace, create_key, key_for, revoke_key
from retail.staff.models import ApiKey, Scope
from tests.retail.orders.house import open_house

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = pytest.mark.django_db(databases=ALL)


def a_key(scope: Scope = Scope.SHOP) -> tuple[ApiKey, str]:
    return create_key(
        scope=scope, channel=Channel.WEBSHOP, location_code="WEB", name="partner"
    )


def test_a_key_is_found_by_what_was_shown_once() -> None:
    row, key = a_key()
    assert key_for(key) == row
    assert key not in row.key_hash
    revoke_key(row)
    assert key_for(key) is None


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "rk_",
        "rk_ABCDEFGH_",
        "rk_ABCDEFGH_x",
        "sk_ABCDEFGH_x",
        "rk_\x00_x",
        "é" * 99,
    ],
)
def test_anything_else_is_no_key(raw: str) -> None:
    a_key()
    assert key_for(raw) is None


def test_the_right_prefix_is_not_enough() -> None:
    _row, key = a_key()
    assert key_for(key[:-1] + ("A" if key[-1] != "A" else "B")) is None


@pytest.mark.parametrize("scope", [Scope.TILL, Scope.STORE])
def test_a_tills_or_stores_key_names_its_place(scope: Scope) -> None:
    with pytest.raises(KeyNeedsPlace):
        create_key(scope=scope, channel=Channel.POS, name="x")
    assert ApiKey.objects.count() == 0


def request(header: str) -> Request:
    return Request(
        APIRequestFactory().get("/api/v1/", headers={"Authorization": header})
    )


def test_a_key_pins_its_channel() -> None:
    row, key = create_key(
        scope=Scope.STORE, channel=Channel.POS, location_code="M01", name="board"
    )
    with unpinned():
        assert KeyAuthentication().authenticate(request(f"Bearer {key}")) == (None, row)
        assert channels.current().channel == Channel.POS


def test_no_header_is_nobody_and_a_bad_one_is_refused() -> None:
    with unpinned():
        assert KeyAuthentication().authenticate(request("")) is None
        for header in ("Bearer", "Bearer x", "Bearer a b", "bearer é"):
            with pytest.raises(AuthenticationFailed):
                KeyAuthentication().authenticate(request(header))
        with pytest.raises(channels.NoContext):
            channels.current()


class TestCommand:
    def run(self, *arguments: str) -> str:
        out = StringIO()
        call_command("credentials", *arguments, stdout=out, stderr=StringIO())
        return out.getvalue()

    def test_create_prints_the_key_once(self) -> None:
        told = json.loads(self.run("create", "--scope", "shop", "--json"))
        found = key_for(told["key"])
        assert found is not None
        assert (found.scope, found.channel) == ("shop", "webshop")
        plain = self.run("create", "--scope", "office", "--name", "reports").strip()
        assert key_for(plain) is not None
        assert plain not in self.run("list")

    def test_a_stores_key_has_the_channel_of_its_place(self) -> None:
        open_house("multichannel")
        told = json.loads(
            self.run("create", "--scope", "store", "--location", "M01", "--json")
        )
        assert (told["channel"], told["location"]) == ("pos", "M01")

    @pytest.mark.parametrize(
        "arguments",
        [
            ("create", "--scope", "store"),
            ("create", "--scope", "till", "--location", "NOWHERE"),
            ("create", "--scope", "everything"),
            ("revoke", "ABCDEFGH"),
            (),
        ],
    )
    def test_refusals_make_no_key(self, arguments: tuple[str, ...]) -> None:
        with pytest.raises(CommandError):
            self.run(*arguments)
        assert ApiKey.objects.count() == 0

    def test_revoke_makes_it_worthless(self) -> None:
        row, key = a_key()
        self.run("revoke", row.prefix)
        assert key_for(key) is None
