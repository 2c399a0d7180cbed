"""There and back on real databases: what a run must not lose, and what it must notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from inventory.ids import new_id
from retail import books
from retail.channels.models import STANDING, ClosedSide, LevelState, RunState
from retail.channels.roles import copier_connection
from retail.channels.switching import fence, hashing, rekeying, retiring, steps
from retail.channels.switching import run as running
from retail.channels.switching.preview import preview
from retail.channels.switching.sides import WAYS, tables, targets
from tests.living import House
from tests.retail.channels.switching.conftest import (
    Killed,
    as_app,
    as_superuser,
    ended,
    switch,
)

pytestmark = pytest.mark.journey
Dies = Callable[[Callable[[str], bool]], None]
WRITE = """
    INSERT INTO retail_outboxmessage (id, origin, kind, "to", subject, version, payload,
      made_at, due_at, attempts, last_error)
    VALUES (%s, %s, 'test', 'pos', %s, 1, '{}', now(), now() + interval '1 day', 0, '')
"""


def held() -> dict[str, dict[str, list[object]]]:
    return {alias: hashing.held(alias) for alias in ("webshop", "pos")}


def assert_moved(kind: str) -> None:
    """Every source row is on its target, and nothing else is."""
    for way in WAYS[kind]:
        with (
            copier_connection(way.source) as source,
            copier_connection(way.target) as target,
        ):
            hashing.compare(
                str(way),
                hashing.figures(source, way.origins),
                hashing.figures(target, way.origins),
            )
    for alias in targets(kind):
        assert [r for r in books.check([alias]) if not r.holds] == []


def test_there_and_back_gives_every_row_back(house: House) -> None:
    before = held()
    there = switch("omnichannel")
    assert (there.state, there.error) == (RunState.DONE, "")
    assert LevelState.objects.get().shared_database
    assert_moved("join")
    # the links are the shared database's own, and stay where they are
    ((people,),) = house.rows("shared", "SELECT count(*) FROM retail_person")
    assert people > 0
    assert fence.open_tables("webshop") == fence.open_tables("pos") == []
    assert held() == before

    back = switch("cross-channel")
    assert back.state == RunState.DONE
    assert held() == before
    assert fence.open_tables("shared") == []
    assert_moved("part")
    again = switch("omnichannel")
    assert again.state == RunState.DONE
    ((kept,),) = house.rows("shared", "SELECT count(*) FROM retail_person")
    assert kept == people
    assert LevelState.objects.get().epoch == 4
    for run in (there, back, again):
        assert run.rows > 10_000
        assert run.pause_seconds is not None


def test_a_closed_side_refuses_and_a_write_past_the_fence_is_seen(house: House) -> None:
    switch("omnichannel")
    for alias in ("webshop", "pos"):
        with as_app(house, alias) as app, pytest.raises(psycopg.Error) as refusal:
            app.execute(WRITE, [new_id(), alias, new_id()])
        assert refusal.value.sqlstate == "RT001"
    assert [each for each in books.check() if not each.holds] == []
    with as_superuser(house, "webshop") as superuser:
        superuser.execute("SET ROLE retail_copier")
        superuser.execute(WRITE, [new_id(), "webshop", new_id()])
    assert {each.id for each in books.check() if not each.holds} == {"I41"}
    with as_superuser(house, "pos") as superuser:
        superuser.execute("ALTER TABLE pos_ticket DISABLE TRIGGER aa_fence")
    assert {each.id for each in books.check() if not each.holds} == {
        "I39",
        "I40",
        "I41",
    }


@pytest.mark.faults
def test_killed_at_every_point_and_resumed(house: House, kill_at: Dies) -> None:
    """After every step, inside and after every table's copy, between the sides that are
    closed, before and after opening: the same rows as an undisturbed run."""
    died: set[str] = set()

    def dies(place: str) -> bool:
        if place in died:
            return False
        died.add(place)
        return True

    kill_at(dies)
    for level, kind in (("omnichannel", "join"), ("multichannel", "part")):
        died.clear()
        run = running.start(level, by="test", why="")
        while ended(run).state in STANDING:
            open_sides = [a for a in ("webshop", "shared") if fence.open_tables(a)]
            assert len(open_sides) <= 1, died
            try:
                running.execute(run.pk)
            except Killed:
                continue

        assert (ended(run).state, ended(run).error) == (RunState.DONE, "")
        assert died >= {f"after:{name}" for name in steps.names(kind)}
        parts = len(tables()) * len(WAYS[kind])
        assert sum(place.startswith("inside:") for place in died) == parts
        assert {"routed", "opened"} <= died
        assert_moved(kind)
        assert ended(run).rows > 10_000


@pytest.mark.parametrize(
    "place",
    [
        "closed:webshop",
        pytest.param("after:copy", marks=pytest.mark.faults),
        pytest.param("after:verify", marks=pytest.mark.faults),
    ],
)
def test_killed_and_given_up(house: House, kill_at: Dies, place: str) -> None:
    before = held()
    kill_at(lambda at: at == place)
    run = running.start("omnichannel", by="test", why="")
    with pytest.raises(Killed):
        running.execute(run.pk)
    if place != "after:copy":
        with as_app(house, "webshop") as app, pytest.raises(psycopg.Error):
            app.execute(WRITE, [new_id(), "webshop", new_id()])
    kill_at(lambda at: False)
    running.abort(by="test")
    running.execute(run.pk)
    assert ended(run).state == RunState.ABORTED
    assert held() == before
    assert (LevelState.objects.get().moving, running.standing()) == (None, None)
    for alias in ("webshop", "pos"):
        with as_app(house, alias) as app:
            app.execute(WRITE, [new_id(), alias, new_id()])
    assert switch("omnichannel").state == RunState.DONE
    assert_moved("join")


@pytest.mark.parametrize(
    ("place", "bypass"),
    [
        ("after:index", "ALTER TABLE retail_customer DISABLE TRIGGER ALL"),
        ("after:catch_up", "SET ROLE retail_copier"),
    ],
)
def test_a_row_changed_on_the_target_makes_the_run_give_up(
    house: House, kill_at: Dies, place: str, bypass: str
) -> None:
    before = held()
    kill_at(lambda at: at == place)
    run = running.start("omnichannel", by="test", why="")
    with pytest.raises(Killed):
        running.execute(run.pk)
    with as_superuser(house, "shared") as superuser:
        superuser.execute(bypass)
        superuser.execute("UPDATE retail_customer SET first_name = 'Mallory'")
    kill_at(lambda at: False)
    running.resume()
    running.execute(run.pk)
    assert ended(run).state == RunState.ABORTED
    assert "Differs" in ended(run).error
    assert "retail_customer" in ended(run).error
    assert held() == before
    with as_app(house, "webshop") as app:
        app.execute(WRITE, [new_id(), "webshop", new_id()])


def test_what_changes_meanwhile_arrives(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written, changed and deleted after the copy of its table and before the close."""
    early, late, gone = new_id(), new_id(), new_id()
    with as_app(house, "webshop") as app:
        app.execute(WRITE, [gone, "webshop", new_id()])

    def then(name: str, act: Callable[[], None]) -> None:
        step = steps.STEPS[name]

        def both(run: running.SwitchRun) -> str:
            told = step(run)
            act()
            return told

        monkeypatch.setitem(steps.STEPS, name, both)

    def after_copy() -> None:
        with as_app(house, "webshop") as app:
            app.execute(WRITE, [early, "webshop", new_id()])
            app.execute("DELETE FROM retail_outboxmessage WHERE id = %s", [gone])

    def after_catch_up() -> None:
        with as_app(house, "webshop") as app:
            app.execute(WRITE, [late, "webshop", new_id()])
            app.execute(
                "UPDATE retail_outboxmessage SET attempts = 7 WHERE id = %s", [early]
            )

    then("copy", after_copy)
    then("catch_up", after_catch_up)
    assert switch("omnichannel").state == RunState.DONE
    found = house.rows(
        "shared", "SELECT id, attempts FROM retail_outboxmessage WHERE kind = 'test'"
    )
    assert sorted(found) == sorted([(early, 7), (late, 0)])


def test_what_stands_in_the_way_is_told_and_nothing_is_touched(house: House) -> None:
    with as_superuser(house, "pos") as superuser:
        superuser.execute("UPDATE inventory_location SET name = 'Elsewhere'")
    run = switch("omnichannel")
    assert (run.state, run.closed_at) == (RunState.ABORTED, None)
    assert "inventory_location" in run.error
    assert not LevelState.objects.get().shared_database


@pytest.mark.faults
def test_retiring_forgets_a_closed_side_and_keeps_the_links(house: House) -> None:
    switch("omnichannel")
    with pytest.raises(retiring.InUse):
        retiring.retire("shared")
    switch("multichannel")
    ((links,),) = house.rows("shared", "SELECT count(*) FROM retail_customerlink")
    assert retiring.retire("shared") > 10_000
    assert house.rows("shared", "SELECT count(*) FROM retail_customer") == [(0,)]
    assert house.rows("shared", "SELECT count(*) FROM retail_customerlink") == [
        (links,)
    ]
    assert [each for each in books.check() if not each.holds] == []
    assert ClosedSide.objects.get(alias="shared").retired_at
    assert switch("omnichannel").state == RunState.DONE
    assert_moved("join")


@pytest.mark.faults
def test_an_id_on_both_sides_blocks_until_one_has_a_new_one(house: House) -> None:
    id = new_id()
    for alias in ("webshop", "pos"):
        with as_app(house, alias) as app:
            app.execute(WRITE, [id, alias, new_id()])
    run = switch("omnichannel")
    assert (run.state, "1 ids on both sides" in run.error) == (RunState.ABORTED, True)
    assert rekeying.rekey() == {"retail_outboxmessage": 1}
    assert rekeying.rekey() == {}
    assert switch("omnichannel").state == RunState.DONE
    assert_moved("join")


def test_the_preview_changes_nothing_and_counts_what_is_moved(house: House) -> None:
    before = held()
    found = preview("omnichannel")
    assert (found["kind"], found["blocks"]) == ("join", [])
    assert found["customers"]["certain"]
    assert found["joined"]["points"] > 0
    # cards and codes of the demo, one code on both sides with different rules
    told = ("gift_cards", "offers", "codes_differ")
    assert [found["joined"][each] for each in told] == [4, 10, 1]
    assert found["estimate"]["measured_on"] == "bench"
    assert held() == before
    run = switch("omnichannel")
    assert run.rows == moved(found)
    back = preview("cross-channel")
    assert (back["kind"], back["estimate"]["measured_on"]) == ("part", "last-run")
    assert switch("cross-channel").rows == moved(back)


def moved(found: dict[str, Any]) -> int:
    return sum(sum(counts.values()) for counts in found["rows"].values())


@pytest.mark.faults
def test_a_difference_found_after_opening_is_mended_and_resumed(
    house: House, kill_at: Dies
) -> None:
    """The run stands and business goes on; a row that is mended on the new side counts
    as decided, and the run can end."""
    kill_at(lambda at: at == "after:open")
    run = running.start("omnichannel", by="test", why="")
    with pytest.raises(Killed):
        running.execute(run.pk)
    with as_superuser(house, "shared") as superuser:
        superuser.execute("ALTER TABLE retail_customer DISABLE TRIGGER zz_capture")
        superuser.execute("UPDATE retail_customer SET postcode = postcode || '0'")
        superuser.execute(
            "ALTER TABLE retail_customer ENABLE ALWAYS TRIGGER zz_capture"
        )
    kill_at(lambda at: False)
    running.resume()
    running.execute(run.pk)
    assert ended(run).state == RunState.FAILED
    assert "retail_customer" in ended(run).error
    assert LevelState.objects.get().moving is None
    with pytest.raises(running.TooLate):
        running.abort(by="test")
    with as_app(house, "shared") as app:
        app.execute("UPDATE retail_customer SET postcode = left(postcode, -1)")
    running.resume()
    running.execute(run.pk)
    assert ended(run).state == RunState.DONE
    assert_moved("join")
    assert switch("multichannel").state == RunState.DONE
