"""`manage.py channels`: answers, exit codes, one-line refusals; runs with stand-ins for
their steps, which have tests of their own."""

from __future__ import annotations

import json
from contextlib import closing
from io import StringIO
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
                "shared_promotions",
                "endless_aisle",
            )
        },
        "databases": {"webshop": "webshop", "pos": "pos"},
        "closed": False,
        "run": None,
        "open_pickups": 0,
    }
    assert "Pickups    0 open" in channels("status")
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
        ("retire", "webshop", "--yes"),  # channels sell on it
        ("retire", "nowhere"),
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


def test_preview_of_what_moves_no_data() -> None:
    live = told("preview", "cross-channel")
    assert (live["moves_data"], live["rows"], live["blocks"]) == (False, {}, [])
    assert "No data moves" in channels("preview", "cross-channel")
    assert LevelState.objects.get().epoch == 1


class Steps:
    """Stand in for the steps of a run: noted, and failing where asked."""

    def __init__(self) -> None:
        self.fails = ""
        self.taken: list[str] = []
        self.given_up = 0

    def step(self, name: str) -> steps.Step:
        def take(run: SwitchRun) -> str:
            if self.fails == name:
                raise ConnectionError("gone")
            self.taken.append(name)
            if name == steps.OPENS:
                steps.route(run.to_level, by=run.by, why=run.why)
            return f"{name} done"

        return take

    def give_up(self, run: SwitchRun) -> None:
        if self.fails == "give up":
            raise ConnectionError("gone too")
        self.given_up += 1


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """A runner that works inside this process."""
    found = Steps()
    taken = {name: found.step(name) for name in steps.STEPS}
    monkeypatch.setattr(steps, "STEPS", taken)
    monkeypatch.setattr(steps, "back_to_old", found.give_up)
    monkeypatch.setattr(running, "start_runner", running.execute)
    monkeypatch.setattr(running, "head_office_on_commit", lambda ring: ring())
    return found


def test_switching_by_a_run(stand_in: Steps) -> None:
    text = channels("switch", "omnichannel", "--yes", "--why", "lesson 3")
    assert all(f"{name} done" in text for name in steps.STEPS)
    run = SwitchRun.objects.get()
    assert (run.kind, run.state, run.from_level, run.to_level, run.why) == (
        "join",
        RunState.DONE,
        "multichannel",
        "omnichannel",
        "lesson 3",
    )
    found = told("status")
    assert (found["level"], found["epoch"]) == ("omnichannel", 2)
    assert found["databases"] == {"webshop": "shared", "pos": "shared"}
    assert told("switch", "multichannel", "--yes")["level"] == "multichannel"
    assert stand_in.taken.count("identities") == 1  # parting links nobody
    assert [run["kind"] for run in told("history")["runs"]] == ["part", "join"]


@pytest.mark.parametrize("step", ["plan", "copy", "close", "verify"])
def test_what_fails_before_opening_is_given_up(stand_in: Steps, step: str) -> None:
    stand_in.fails = step
    with pytest.raises(CommandError, match="the old side is open: ConnectionError"):
        channels("switch", "omnichannel", "--yes")
    assert stand_in.given_up == 1
    found = told("status")
    assert (found["level"], found["run"]) == ("multichannel", None)
    assert SwitchRun.objects.get().state == RunState.ABORTED


@pytest.mark.parametrize("step", ["open", "verify_again"])
def test_what_fails_from_opening_on_stands_until_resumed(
    stand_in: Steps, step: str
) -> None:
    stand_in.fails = step
    with pytest.raises(CommandError, match="channels resume"):
        channels("switch", "omnichannel", "--yes")
    assert told("status")["run"]["state"] == "failed"
    for refused in (("abort",), ("switch", "cross-channel"), ("seed",)):
        with pytest.raises(CommandError):
            call_command(*refused) if refused == ("seed",) else channels(*refused)
    with pytest.raises(CommandError, match="under way"):
        channels("feature", "web_to_store", "off")
    assert stand_in.given_up == 0
    stand_in.fails = ""
    assert told("resume")["level"] == "omnichannel"
    assert stand_in.taken.count("copy") == 1
    with pytest.raises(CommandError, match="no switch run stands"):
        channels("resume")


def test_a_run_whose_giving_up_fails_stands(stand_in: Steps) -> None:
    stand_in.fails = "give up"
    standing_run()
    SwitchRun.objects.update(given_up_by="test")
    with pytest.raises(ConnectionError):
        running.execute(SwitchRun.objects.get().pk)
    run = SwitchRun.objects.get()
    assert (run.state, "gone too" in run.error) == (RunState.FAILED, True)
    stand_in.fails = ""
    assert told("abort")["run"] is None
    assert stand_in.given_up == 1


def standing_run() -> SwitchRun:
    run = SwitchRun.objects.create(
        kind="join",
        from_level="multichannel",
        to_level="omnichannel",
        state=RunState.PENDING,
        by="test",
        started_at="2026-11-22T08:00:00Z",
    )
    running.write_steps(run)
    return run


def test_a_run_whose_runner_died_is_given_up(stand_in: Steps) -> None:
    run = standing_run()
    assert told("abort")["run"] is None
    run.refresh_from_db()
    assert (run.state, stand_in.taken) == (RunState.ABORTED, [])
    assert stand_in.given_up == 1


def test_one_run_at_a_time(stand_in: Steps) -> None:
    standing_run()
    with pytest.raises(running.RunStands):
        running.start("omnichannel", by="test", why="")


def test_a_second_runner_leaves_the_first_alone(stand_in: Steps) -> None:
    with closing(connections["default"].copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [running.LOCK])
        assert running.runner_lives()
        assert running.execute(new_id()) is False
        # closing would do, but a server takes its time to see that a client went
        cursor.execute("SELECT pg_advisory_unlock(%s)", [running.LOCK])
    assert not running.runner_lives()


def test_who_looks_for_a_runner_is_not_taken_for_one(stand_in: Steps) -> None:
    """The follower looks five times a second, also while the runner starts."""
    with CaptureQueriesContext(connections["default"]) as asked:
        assert not running.runner_lives()
    assert len(asked) == 1
    assert "advisory_lock(" not in asked[0]["sql"]


def test_a_resumed_run_is_not_taken_for_the_failed_one(
    stand_in: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runner needs a second or two to start; who follows looks at once."""
    stand_in.fails = "settle"
    with pytest.raises(CommandError, match="ConnectionError: gone"):
        channels("switch", "omnichannel", "--yes")
    monkeypatch.setattr(running, "start_runner", lambda run: None)
    resumed = running.resume()
    assert (resumed.state, resumed.error) == ("pending", "")
