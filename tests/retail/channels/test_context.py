from threading import Thread

import pytest
from django.test import override_settings

from inventory.models import Location
from inventory.places import Channel
from retail import channels
from retail.channels.models import LevelState
from retail.channels.routing import route

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = pytest.mark.django_db(databases=ALL)


def test_without_a_channel_business_rows_cannot_be_asked_for() -> None:
    with pytest.raises(channels.NoContext):
        Location.objects.count()
    with pytest.raises(channels.NoContext):
        channels.current()
    with pytest.raises(channels.NoContext):
        channels.atomic()


@pytest.mark.parametrize(
    ("level", "webshop", "pos", "open_ones"),
    [
        ("multichannel", "webshop", "pos", ("webshop", "pos")),
        ("cross-channel", "webshop", "pos", ("webshop", "pos")),
        ("omnichannel", "shared", "shared", ("shared",)),
    ],
)
def test_each_channel_has_its_database(
    level: str, webshop: str, pos: str, open_ones: tuple[str, ...]
) -> None:
    route(level, by="test", why="")
    with channels.use_channel(Channel.WEBSHOP) as context:
        assert context.database == webshop
        assert Location.objects.all().db == webshop
    with channels.use_channel(Channel.POS) as context:
        assert context.database == pos
    assert channels.open_databases() == open_ones
    assert channels.level() == level
    assert channels.channels_of("shared") == (
        tuple(Channel) if level == "omnichannel" else ()
    )


def test_routing_counts_epochs_only_where_the_database_changed() -> None:
    before = LevelState.objects.get().epoch
    route("cross-channel", by="test", why="")
    assert LevelState.objects.get().epoch == before
    route("omnichannel", by="test", why="")
    assert LevelState.objects.get().epoch == before + 1


def test_a_nested_channel_keeps_the_outer_snapshot() -> None:
    with channels.use_channel(Channel.WEBSHOP) as outer:
        route("omnichannel", by="test", why="")
        with channels.use_channel(Channel.POS) as inner:
            assert inner.snapshot is outer.snapshot
            assert inner.database == "pos"
        assert channels.current() is outer
    with channels.use_channel(Channel.POS) as fresh:
        assert fresh.database == "shared"


def test_a_thread_does_not_inherit_the_channel() -> None:
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            channels.current()
        except channels.NoContext as error:
            raised.append(error)

    with channels.use_channel(Channel.WEBSHOP):
        thread = Thread(target=ask)
        thread.start()
        thread.join()
    assert len(raised) == 1


@override_settings(CHANNELS_SNAPSHOT_SECONDS=30)
def test_the_kept_snapshot_costs_no_query(django_assert_num_queries) -> None:
    from retail.channels import snapshot

    snapshot.forget()
    snapshot.snapshot()
    zero = django_assert_num_queries(0, using="default")
    with zero, channels.use_channel(Channel.WEBSHOP):
        assert not channels.on(channels.Feature.WEB_TO_STORE)
    snapshot.forget()


def test_a_new_snapshot_costs_one_query(django_assert_num_queries) -> None:
    one = django_assert_num_queries(1, using="default")
    with one, channels.use_channel(Channel.WEBSHOP):
        channels.on(channels.Feature.WEB_TO_STORE)
        channels.on(channels.Feature.UNIFIED_LOYALTY)
