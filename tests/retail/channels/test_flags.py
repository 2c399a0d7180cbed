import time
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connections
from django.test import override_settings

from inventory.ids import new_id
from inventory.places import Channel
from retail import channels
from retail.channels import flipping, snapshot
from retail.channels.levels import Feature, Level
from retail.channels.models import FeatureFlag, FlagChange, LevelState, SwitchRun
from retail.channels.routing import route

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = pytest.mark.django_db(databases=ALL)
PICKUP = Feature.WEB_TO_STORE


def on(feature: Feature = PICKUP, **asked: object) -> bool:
    with channels.use_channel(Channel.WEBSHOP):
        return channels.on(feature, **asked)  # type: ignore[arg-type]


def flip(feature: Feature, state: bool, **more: object) -> FlagChange | None:
    return flipping.flip(feature, state, by="claire", why="pilot", **more)  # type: ignore[arg-type]


def test_a_flip_is_recorded_and_counted() -> None:
    before = LevelState.objects.get().flags_version
    change = flip(PICKUP, True)
    assert on()
    assert channels.level() == "cross-channel"
    assert change is not None
    assert (change.by, change.why, change.feature) == ("claire", "pilot", PICKUP)
    assert change.before == {"on": False, "stores": None, "customers_percent": None}
    assert change.after["on"] is True
    assert LevelState.objects.get().flags_version == change.flags_version == before + 1
    assert flip(PICKUP, True) is None
    assert FlagChange.objects.count() == 1


def test_on_for_pilot_stores_only() -> None:
    flip(PICKUP, True, stores=["LYO", "BAT"])
    assert on(store="LYO")
    assert not on(store="PAR")
    assert on()  # somewhere
    assert channels.level() == "custom"
    flip(PICKUP, False)
    assert FeatureFlag.objects.get(name=PICKUP).stores is None
    assert not on(store="LYO")


def test_on_for_a_share_of_customers() -> None:
    flip(PICKUP, True, customers_percent=30)
    people = [new_id() for _ in range(2000)]
    with channels.use_channel(Channel.WEBSHOP):
        share = [each for each in people if channels.on(PICKUP, customer=each)]
    assert 0.25 < len(share) / len(people) < 0.35
    assert all(on(customer=each) for each in share[:20])  # always the same answer
    assert not on()  # a visitor is nobody yet
    flip(PICKUP, True, customers_percent=100)
    assert on(customer=people[0])
    assert on()


def test_needs_are_asked_for() -> None:
    with pytest.raises(flipping.NeedsMissing) as refusal:
        flip(Feature.UNIFIED_LOYALTY, True)
    assert refusal.value.missing == (
        Feature.SHARED_DATABASE,
        Feature.UNIFIED_CUSTOMERS,
    )
    assert FlagChange.objects.count() == 0


def test_what_others_need_cannot_be_turned_off() -> None:
    route("omnichannel", by="test", why="")
    with pytest.raises(flipping.NeedsMissing) as refusal:
        flip(Feature.UNIFIED_CUSTOMERS, False)
    assert refusal.value.feature == Feature.UNIFIED_LOYALTY
    flip(Feature.UNIFIED_LOYALTY, False)
    flip(Feature.UNIFIED_CUSTOMERS, False)
    assert channels.level() == "custom"


def test_a_row_edited_by_hand_opens_no_half_feature() -> None:
    FeatureFlag.objects.filter(name=Feature.UNIFIED_LOYALTY).update(on=True)
    assert not on(Feature.UNIFIED_LOYALTY)


def test_what_moves_data_is_left_to_a_run() -> None:
    with pytest.raises(flipping.NeedsSwitchRun):
        flip(Feature.SHARED_DATABASE, True)
    with pytest.raises(flipping.NeedsSwitchRun):
        flipping.set_level(Level.OMNICHANNEL, by="claire", why="")
    assert LevelState.objects.get().shared_database is False


def test_only_some_features_can_be_piloted() -> None:
    route("omnichannel", by="test", why="")
    with pytest.raises(flipping.NotPilotable):
        flip(Feature.UNIFIED_CUSTOMERS, True, stores=["LYO"])


def test_a_run_keeps_the_dial_still() -> None:
    run = SwitchRun.objects.create(
        kind="join", state="pending", started_at="2026-11-22T08:00:00Z"
    ).pk
    with pytest.raises(flipping.RunStands) as refusal:
        flip(PICKUP, True)
    assert refusal.value.run == run
    assert not FeatureFlag.objects.get(name=PICKUP).on


def test_levels_without_moving_data_are_set_live() -> None:
    flipping.set_level(Level.CROSS_CHANNEL, by="claire", why="")
    assert on()
    flipping.set_level(Level.MULTICHANNEL, by="claire", why="")
    assert not on()
    assert FlagChange.objects.count() == 2


def test_require_names_the_feature() -> None:
    off = pytest.raises(channels.FeatureOff)
    with channels.use_channel(Channel.WEBSHOP), off as refusal:
        channels.require(PICKUP, store="LYO", customer=UUID(int=1))
    assert refusal.value.feature == PICKUP


def test_the_history_cannot_be_edited() -> None:
    from django.db import DatabaseError

    flip(PICKUP, True)
    with pytest.raises(DatabaseError), channels.head_office_atomic():
        FlagChange.objects.update(by="nobody")


@pytest.mark.django_db(databases=ALL, transaction=True)
@override_settings(CHANNELS_SNAPSHOT_SECONDS=0.5)
def test_another_process_sees_a_flip_within_a_second() -> None:
    snapshot.forget()
    assert not on()
    kept = snapshot._kept
    flip(PICKUP, True)
    snapshot._kept = kept  # what another process still holds
    assert not on()
    deadline = time.monotonic() + 1
    while not on():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    snapshot.forget()


@pytest.mark.django_db(databases=ALL, transaction=True)
def test_two_people_flip_one_after_the_other() -> None:
    """Together they would leave loyalty on without what it needs."""
    route("omnichannel", by="test", why="")
    start, refused = Barrier(2), []

    def act(feature: Feature, state: bool) -> None:
        start.wait()
        try:
            flip(feature, state)
        except flipping.NeedsMissing as error:
            refused.append(error)
        finally:
            connections.close_all()

    flip(Feature.UNIFIED_LOYALTY, False)
    threads = [
        Thread(target=act, args=(Feature.UNIFIED_LOYALTY, True)),
        Thread(target=act, args=(Feature.UNIFIED_CUSTOMERS, False)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    flags = dict(FeatureFlag.objects.values_list("name", "on"))
    assert len(refused) == 1
    assert flags[Feature.UNIFIED_CUSTOMERS] or not flags[Feature.UNIFIED_LOYALTY]
