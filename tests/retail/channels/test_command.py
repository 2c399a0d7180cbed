"""`manage.py channels`: answers, exit codes, one-line refusals; runs with a stand-in
for the seeding, which has tests of its own."""

from __future__ import annotations

import json
from contextlib import closing
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext

from inventory.ids import new_id
from retail.channels.models import (
    FeatureFlag,
    FlagChange,
    LevelState,
    RunState,
    SwitchRun,
)
from retail.channels.switching import run as running
from retail.channels.switching import steps
from tests.retail.orders.house import open_house

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = pytest.mark.django_db(databases=ALL)


def channels(*arguments: str) -> str:
    out = StringIO()
    call_command("channels", *arguments, stdout=out)
    return out.getvalue()


def told(*arguments: str) -> Any:
    return json.loads(channels(*arguments, "--json"))


def test_status() -> None:
    assert told("status") == {
        "level": "multichannel",
        "epoch": 1,
        "features": {
            name: {"on": False, "stores": None, "customers_percent": None}
            for name in (
                "web_to_store",
                "shared_database",
                "unified_customers",
                "unified_loyalty",
            )
        },
        "databases": {"webshop": "webshop", "pos": "pos"},
        "closed": False,
        "run": None,
    }
    assert channels("status").startswith("Level      multichannel (epoch 1)")


def test_a_feature_for_pilot_stores() -> None:
    found = told("feature", "web_to_store", "on", "--store", "M02", "--store", "M01")
    assert found["features"]["web_to_store"] == {
        "on": True,
        "stores": ["M01", "M02"],
        "customers_percent": None,
    }
    assert found["level"] == "custom"
    [change] = told("history")["results"]
    assert (change["feature"], change["after"]["stores"]) == (
        "web_to_store",
        ["M01", "M02"],
    )
    assert "web_to_store" in channels("history")


def test_switching_live() -> None:
    assert told("switch", "cross-channel")["level"] == "cross-channel"
    assert told("switch", "multichannel")["level"] == "multichannel"
    assert told("switch", "multichannel")["level"] == "multichannel"  # it holds already


@pytest.mark.parametrize(
    "arguments",
    [
        ("feature", "unified_loyalty", "on"),
        ("feature", "shared_database", "on"),
        ("feature", "unified_loyalty", "on", "--store", "M01"),
        ("feature", "web_to_store", "on", "--customers", "101"),
        ("feature", "everything", "on"),
        ("feature", "web_to_store", "perhaps"),
        ("switch", "omnichannel"),  # without --yes, and nobody to ask
        ("switch", "omnichannel", "--yes"),  # not a demo's databases
        ("switch", "custom", "--yes"),
        ("preview", "nowhere"),
        ("resume",),
        ("abort",),
        (),
    ],
)
def test_refusals_are_one_line_and_change_nothing(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as refusal:
        channels(*arguments)
    assert "\n" not in str(refusal.value)
    assert not FeatureFlag.objects.filter(on=True).exists()
    assert not LevelState.objects.get().shared_database
    assert FlagChange.objects.count() == SwitchRun.objects.count() == 0


def test_preview_says_what_would_be_lost() -> None:
    open_house("multichannel")
    LevelState.objects.update(demo=True)
    found = told("preview", "omnichannel")
    assert (found["from"], found["to"]) == ("multichannel", "omnichannel")
    assert found["moves_data"] is True
    assert set(found["features"]) == set(told("status")["features"])
    assert found["lost"]["pos"]["inventory_location"] > 0
    assert "this is a demo" in channels("preview", "omnichannel")
    live = told("preview", "cross-channel")
    assert (live["moves_data"], live["lost"]) == (False, {})
    assert LevelState.objects.get().epoch == 1


class Seeding:
    """Stands in for the demo's seeding: it notes what it was asked for."""

    def __init__(self) -> None:
        self.emptied: list[str] = []
        self.seeded: list[str] = []
        self.fails = False

    def empty(self, alias: str) -> None:
        self.emptied.append(alias)

    def reseed(self) -> SimpleNamespace:
        if self.fails:
            raise ConnectionError("gone")
        state = LevelState.objects.get()
        assert state.moving is not None  # closed while rows are written
        level = SwitchRun.objects.get(pk=state.moving).to_level
        assert state.shared_database == (level == "omnichannel")
        self.seeded.append(level)
        return SimpleNamespace(acts=3, refused=[])


@pytest.fixture
def seeding(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> Seeding:
    """A demo whose runner works inside this process."""
    LevelState.objects.update(demo=True)
    stand_in = Seeding()
    monkeypatch.setattr(steps, "seeding", lambda: stand_in)
    monkeypatch.setattr(steps, "SEEN_WITHIN", 0)
    monkeypatch.setattr(running, "start_runner", running.execute)
    monkeypatch.setattr(running, "head_office_on_commit", lambda ring: ring())
    return stand_in


def test_switching_by_a_run(seeding: Seeding) -> None:
    text = channels("switch", "omnichannel", "--yes", "--why", "lesson 3")
    assert [f"{n}. {name}" in text for n, name in enumerate(steps.STEPS, 1)] == [
        True
    ] * 5
    run = SwitchRun.objects.get()
    assert (run.state, run.from_level, run.to_level, run.why) == (
        RunState.DONE,
        "multichannel",
        "omnichannel",
        "lesson 3",
    )
    assert seeding.seeded == ["omnichannel"]
    assert set(seeding.emptied) == {"webshop", "pos", "shared"}
    found = told("status")
    assert (found["level"], found["epoch"], found["closed"]) == (
        "omnichannel",
        2,
        False,
    )
    assert found["databases"] == {"webshop": "shared", "pos": "shared"}
    assert told("switch", "multichannel", "--yes")["level"] == "multichannel"


def test_a_run_that_failed_keeps_business_closed_until_resumed(
    seeding: Seeding,
) -> None:
    seeding.fails = True
    with pytest.raises(CommandError, match="ConnectionError: gone"):
        channels("switch", "omnichannel", "--yes")
    found = told("status")
    assert (found["closed"], found["run"]["state"]) == (True, "failed")
    with pytest.raises(CommandError, match="resume"):
        channels("switch", "cross-channel")
    with pytest.raises(CommandError, match="under way"):
        channels("feature", "web_to_store", "off")
    seeding.fails = False
    assert told("resume")["level"] == "omnichannel"
    assert told("status")["closed"] is False
    with pytest.raises(CommandError, match="no switch run stands"):
        channels("resume")


def test_a_run_that_failed_is_given_up(seeding: Seeding) -> None:
    seeding.fails = True
    with pytest.raises(CommandError):
        channels("switch", "omnichannel", "--yes")
    seeding.fails = False
    found = told("abort")
    assert (found["level"], found["closed"], found["run"]) == (
        "multichannel",
        False,
        None,
    )
    assert list(SwitchRun.objects.order_by("id").values_list("state", flat=True)) == [
        RunState.ABORTED,
        RunState.DONE,
    ]
    assert seeding.seeded == ["multichannel"]


def test_a_run_that_touched_nothing_is_simply_dropped(seeding: Seeding) -> None:
    run = SwitchRun.objects.create(
        kind="reseed",
        from_level="multichannel",
        to_level="omnichannel",
        state=RunState.PENDING,
        by="test",
        started_at="2026-11-22T08:00:00Z",
    )
    assert told("abort")["run"] is None
    run.refresh_from_db()
    assert run.state == RunState.ABORTED
    assert seeding.seeded == []


def test_one_run_at_a_time(seeding: Seeding) -> None:
    SwitchRun.objects.create(
        kind="reseed",
        from_level="multichannel",
        to_level="omnichannel",
        state=RunState.RUNNING,
        by="test",
        started_at="2026-11-22T08:00:00Z",
    )
    with pytest.raises(running.RunStands):
        running.start("omnichannel", by="test", why="")


def test_a_second_runner_leaves_the_first_alone(seeding: Seeding) -> None:
    with closing(connections["default"].copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [running.LOCK])
        assert running.runner_lives()
        assert running.execute(new_id()) is False
        # closing would do, but a server takes its time to see that a client went
        cursor.execute("SELECT pg_advisory_unlock(%s)", [running.LOCK])
    assert not running.runner_lives()


def test_who_looks_for_a_runner_is_not_taken_for_one(seeding: Seeding) -> None:
    """The follower looks five times a second, also while the runner starts."""
    with CaptureQueriesContext(connections["default"]) as asked:
        assert not running.runner_lives()
    assert len(asked) == 1
    assert "advisory_lock(" not in asked[0]["sql"]


def test_a_resumed_run_is_not_taken_for_the_failed_one(
    seeding: Seeding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runner needs a second or two to start; who follows looks at once."""
    seeding.fails = True
    with pytest.raises(CommandError, match="ConnectionError: gone"):
        channels("switch", "omnichannel", "--yes")
    monkeypatch.setattr(running, "start_runner", lambda run: None)
    resumed = running.resume()
    assert (resumed.state, resumed.error) == ("pending", "")
