from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connections
from django.test import override_settings

from inventory.places import Channel
from retail import channels
from retail.channels import Feature
from retail.channels.snapshot import Flag, Snapshot
from tests.levels import ALL_ON as HERE


@contextmanager
def at(snapshot: Snapshot, channel: Channel = Channel.WEBSHOP) -> Iterator[None]:
    with channels.use_snapshot(given=snapshot), channels.use_channel(channel):
        yield


class Read:
    """A verb that answers how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, what: str = "") -> int:
        self.times += 1
        return self.times


@override_settings(PAGES_KEPT_SECONDS=60)
def test_an_answer_serves_again_at_the_same_position_of_the_dial() -> None:
    read = channels.kept(Read())
    with at(HERE):
        assert [read(), read(), read("other"), read()] == [1, 1, 2, 1]
    with at(replace(HERE, epoch=2)):
        assert read() == 3
    with at(replace(HERE, shared_database=False)):
        assert read() == 4
    with at(HERE, Channel.POS):
        assert read() == 5
    with at(HERE):
        assert read() == 1


def test_nothing_serves_when_its_time_is_over() -> None:
    read = channels.kept(Read())
    with at(HERE), override_settings(PAGES_KEPT_SECONDS=0):
        assert [read(), read()] == [1, 2]
    with at(HERE), override_settings(PAGES_KEPT_SECONDS=1e-9):
        assert [read(), read()] == [3, 4]


@pytest.mark.django_db(databases=["shared"])
@override_settings(PAGES_KEPT_SECONDS=60)
def test_inside_a_transaction_the_rows_are_asked() -> None:
    read = channels.kept(Read())
    with at(HERE):
        assert connections["shared"].in_atomic_block  # the test's own
        assert [read(), read()] == [1, 2]


@override_settings(PAGES_KEPT_SECONDS=60)
def test_a_verb_keeps_few_answers() -> None:
    read = channels.kept(Read())
    with at(HERE):
        for n in range(64):
            read(str(n))
        assert read("0") == 1
        read("one more")  # begins anew
        assert read("0") == 66


def test_what_a_feature_says_is_found_once_and_not_for_a_share_of_customers() -> None:
    with at(HERE):
        assert channels.on(Feature.WEB_TO_STORE, store="BAT")
        assert HERE.answers == {("web_to_store", "BAT"): True}
        # by these flags and no others
    pilot = Flag(on=True, stores=("LYO",))
    with at(replace(HERE, flags={**HERE.flags, Feature.WEB_TO_STORE: pilot})):
        assert not channels.on(Feature.WEB_TO_STORE, store="BAT")
        assert channels.on(Feature.WEB_TO_STORE, store="LYO", customer=uuid4())
    half = Flag(on=True, customers_percent=50)
    with at(replace(HERE, flags={**HERE.flags, Feature.WEB_TO_STORE: half})):
        assert not channels.on(Feature.WEB_TO_STORE)
        everybody = [
            channels.on(Feature.WEB_TO_STORE, customer=uuid4()) for _ in range(99)
        ]
        assert set(everybody) == {True, False}
