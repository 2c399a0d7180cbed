"""A set of all databases is of one moment, and brings everything back."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail import books
from retail.backups import restoring, sets, taking
from retail.backups.programs import ProgramFailed
from retail.backups.sets import BadSet, Dump, Set
from retail.channels import atomic, head_office_atomic, use_channel
from retail.channels.models import RunKind, RunState, SwitchRun
from retail.channels.roles import owner_connection
from retail.databases import ALIASES
from retail.fulfilment.models import PickupJob
from retail.messages import handlers
from retail.messages.models import InboxMessage, OutboxMessage
from retail.messages.outbox import tell
from retail.messages.relay import relay_once
from retail.staff.models import ApiKey
from tests.builders import a_pickup_order, carry
from tests.calling import a_shop
from tests.levels import SIDES, both_levels
from tests.retail.orders.house import House, everything, free, open_house

__all__ = ["both_levels"]

GRANTS = """
SELECT c.relname, a.grantee::regrole::text, a.privilege_type
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
WHERE n.nspname IN ('public', 'switching')
"""
LOCKED = """
SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.pid = pg_backend_pid() AND l.mode = 'AccessShareLock'
"""
BUSINESS = ("webshop", "pos", "shared")


def restore(folder: Path, *given: str) -> dict[str, Any]:
    out = StringIO()
    call_command("restore", str(folder), "--json", *given, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.fixture
def a_set(tmp_path: Path) -> Path:
    """Whole, as far as a folder can tell."""
    folder = tmp_path / "set"
    folder.mkdir()
    dumps: dict[str, Dump] = {}
    for alias in ALIASES:
        file = folder / f"{alias}.dump"
        file.write_bytes(b"rows")
        dumps[alias] = sets.dump_of(file, migrations=["retail.0001_initial"])
    sets.write(folder, Set("2026-11-22T18:00:00+00:00", "omnichannel", "x", dumps))
    return folder


def test_a_folder_that_is_no_whole_set_is_refused(a_set: Path) -> None:
    assert restoring.seen(a_set).level == "omnichannel"
    text = (a_set / sets.LIST).read_text(encoding="utf-8")
    for spoilt in (
        "nonsense",
        "{}",
        text.replace("retail-backup/1", "retail-backup/9"),
        text.replace('"pos": {', '"pots": {'),
        text.replace('"level"', '"story"'),
    ):
        (a_set / sets.LIST).write_text(spoilt, encoding="utf-8")
        with pytest.raises(BadSet):
            restoring.seen(a_set)
    (a_set / sets.LIST).write_text(
        text.replace("0001_initial", "0999_later"), encoding="utf-8"
    )
    with pytest.raises(restoring.TooNew):
        restoring.seen(a_set)
    (a_set / sets.LIST).write_text(text, encoding="utf-8")
    (a_set / "pos.dump").write_bytes(b"rows?")
    with pytest.raises(BadSet):
        restoring.seen(a_set)
    (a_set / sets.LIST).unlink()
    with pytest.raises(BadSet):
        restoring.seen(a_set)


def test_what_a_program_says(
    a_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked of every file before anything is lost."""
    with pytest.raises(ProgramFailed, match="input file") as garbage:
        restoring.read_through(a_set, restoring.seen(a_set))
    assert "error:" in garbage.value.said
    monkeypatch.setenv("PG_BIN", str(tmp_path))  # where no program is
    with pytest.raises(ProgramFailed, match="No such file"):
        restoring.read_through(a_set, restoring.seen(a_set))


def test_a_set_of_an_older_product_is_told(a_set: Path) -> None:
    found = restoring.missing(restoring.seen(a_set))
    assert "channels.0001_initial" in found
    assert "retail.0001_initial" not in found


@pytest.mark.faults
@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_nobody_empties_what_is_being_dumped(
    both_levels: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRUNCATE empties older snapshots too: it waits, or the set is refused."""
    empty = "TRUNCATE retail_surveyanswer"
    with taking.snapshots() as taken, owner_connection("pos") as owner:
        for each in taken.values():
            found = set(each.connection.execute(restoring.TABLES).fetchall())
            assert found <= set(each.connection.execute(LOCKED).fetchall())
        owner.execute("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            owner.execute(empty)
        owner.rollback()
    monkeypatch.setattr(taking, "TABLES_WAIT", "100ms")
    with owner_connection("pos") as owner:
        owner.execute(empty)
        with pytest.raises(CommandError, match="tables of pos"):
            call_command("backup", str(tmp_path / "set"))
        owner.rollback()

    def switched(alias: str, *_: Any) -> Dump:
        if alias == ALIASES[-1]:
            a_run(RunState.DONE)  # begun and done while files were written
        return Dump("", 0, "", [])

    monkeypatch.setattr(taking, "_dump", switched)
    with pytest.raises(taking.RunStands):
        taking.back_up(tmp_path / "set", at=timezone.now())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.faults
@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_backed_up_destroyed_and_restored(both_levels: House, tmp_path: Path) -> None:
    """With a message that is on its way, one that was delivered and not marked, and one
    that is done: none is lost, none has its effect twice."""
    apart = both_levels.level == "cross-channel"
    gtin = both_levels.gtins[0]
    a_shop()
    a_pickup_order(both_levels, (0, 1))
    a_pickup_order(both_levels, (0, 1))
    with use_channel(Channel.WEBSHOP):
        last = OutboxMessage.objects.order_by("-made_at").values("id")[:1]
        OutboxMessage.objects.filter(
            id__in=list(last.values_list("id", flat=True))
        ).update(sent_at=None)
    a_pickup_order(both_levels, (1, 1), heard=False)
    before, keys = everything(*BUSINESS), list(ApiKey.objects.values())
    Client().session.save()
    may = grants()
    folder = tmp_path / "set"
    out = StringIO()
    call_command("backup", str(folder), "--json", stdout=out)
    assert json.loads(out.getvalue())["level"] == both_levels.level
    assert {file.stat().st_mode & 0o077 for file in folder.glob("*.dump")} == {0}
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(folder))

    a_pickup_order(both_levels, (2, 1))
    with pytest.raises(CommandError, match="not empty"):
        restore(folder)
    with (
        psycopg.connect(**_as_app("webshop")),
        pytest.raises(CommandError, match="in use"),
    ):
        restore(folder, "--yes")
    assert len(everything(*BUSINESS)) == len(before)  # nothing was lost by these
    for alias in ALIASES:
        with owner_connection(alias) as owner:
            owner.execute("DROP TABLE IF EXISTS retail_order CASCADE")
            owner.execute("DROP TABLE IF EXISTS channels_levelstate CASCADE")
            owner.execute("CREATE TABLE later (id int REFERENCES django_migrations)")
    told = restore(folder, "--yes")

    assert (told["level"], told["same_key"]) == (both_levels.level, True)
    assert everything(*BUSINESS) == before
    assert list(ApiKey.objects.values()) == keys
    assert not Session.objects.exists()
    assert grants() == may
    assert restoring.missing(restoring.seen(folder)) == set()
    assert [each for each in books.check() if not each.holds] == []
    for act in ("UPDATE", "DELETE FROM"):  # as before, nobody rewrites a ledger
        with (
            psycopg.connect(**_as_app("pos")) as app,
            pytest.raises(psycopg.Error, match=r"permission denied"),
        ):
            app.execute(
                f"{act} inventory_stockmovement"
                + " SET quantity = 1" * (act == "UPDATE")
            )
    carry()
    with use_channel(Channel.POS):
        assert PickupJob.objects.count() == 3
        if apart:
            kinds = list(InboxMessage.objects.values_list("kind", flat=True))
            assert kinds.count("pickup.requested") == 3
    with use_channel(Channel.WEBSHOP):
        assert not OutboxMessage.objects.filter(sent_at=None).exists()
    assert free("M01", gtin) == 1
    assert [each for each in books.check() if not each.holds] == []


@pytest.mark.faults
@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_a_set_is_of_one_moment_of_the_mail(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages both ways all the time: in no set is one sent and not received, nor
    received and never written."""
    open_house("cross-channel")
    monkeypatch.setitem(handlers.HANDLERS, "test.said", [f"{__name__}.hearing"])
    stop, carried = Event(), Event()

    def carry_both_ways() -> None:
        if sum(relay_once(source) for source in Channel):
            carried.set()

    class Slowly(taking.Taken):
        """Leaves between two snapshots the time to carry something, if anybody can."""

        def __init__(self, connection: psycopg.Connection[Any]) -> None:
            super().__init__(connection)
            carried.clear()
            carried.wait(timeout=0.15)

    monkeypatch.setattr(taking, "Taken", Slowly)

    def going_on(act: Callable[[], None]) -> None:
        try:
            while not stop.is_set():
                act()
        finally:
            connections.close_all()

    threads = [
        Thread(target=going_on, args=[act]) for act in (say_both_ways, carry_both_ways)
    ]
    for thread in threads:
        thread.start()
    try:
        found = [looked_at_mail() for _ in range(8)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [each for each in found if each["lost"] or each["orphans"]] == []
    assert found[-1]["received"] > found[0]["received"]  # it was exercised


@pytest.mark.faults
@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_while_the_mail_is_held_all_else_goes_on(db: None, tmp_path: Path) -> None:
    house = open_house("cross-channel")
    with use_channel(Channel.WEBSHOP):
        with taking.mail_held():
            a_pickup_order(house, (0, 1), heard=False)
            with psycopg.connect(**_as_app("pos")) as relay:
                relay.execute("SET lock_timeout = '100ms'")
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    relay.execute("INSERT INTO retail_inboxmessage DEFAULT VALUES")
        carry()
    with use_channel(Channel.POS):
        assert PickupJob.objects.count() == 1
    a_run(RunState.FAILED)
    with pytest.raises(taking.RunStands):
        taking.back_up(tmp_path / "set", at=timezone.now())
    assert list(tmp_path.iterdir()) == []


def grants() -> set[tuple[Any, ...]]:
    """Who may do what with which table of which database."""
    found: set[tuple[Any, ...]] = set()
    for alias in ALIASES:
        with owner_connection(alias) as owner:
            found |= {(alias, *row) for row in owner.execute(GRANTS).fetchall()}
    return found


def a_run(state: RunState) -> None:
    with head_office_atomic():
        SwitchRun.objects.create(
            kind=RunKind.JOIN,
            from_level="cross-channel",
            to_level="omnichannel",
            state=state,
            by="Claire",
            why="",
            started_at=timezone.now(),
        )


def hearing(payload: Any, **_: Any) -> None:
    """All that matters of it is its row in the inbox."""


def say_both_ways() -> None:
    for source, target in (
        (Channel.WEBSHOP, Channel.POS),
        (Channel.POS, Channel.WEBSHOP),
    ):
        with use_channel(source), atomic():
            tell(target, "test.said", subject=new_id(), payload={}, origin=source)


def looked_at_mail() -> dict[str, int]:
    """How a set of this moment would have the mail."""
    with taking.snapshots() as taken:
        rows = {
            (alias, table): {
                str(id)
                for (id,) in taken[alias].connection.execute(
                    f"SELECT {column} FROM retail_{table} {where}"  # type: ignore[arg-type] # noqa: S608
                )
            }
            for alias in ("webshop", "pos")
            for table, column, where in (
                ("outboxmessage", "id", ""),
                ("outboxmessage sent", "id", "WHERE sent_at IS NOT NULL"),
                # the calls of a payment provider come by no outbox
                ("inboxmessage", "message_id", "WHERE kind <> 'payment'"),
            )
        }
    lost = orphans = received = 0
    for source, target in (("webshop", "pos"), ("pos", "webshop")):
        got = rows[target, "inboxmessage"]
        lost += len(rows[source, "outboxmessage sent"] - got)
        orphans += len(got - rows[source, "outboxmessage"])
        received += len(got)
    return {"lost": lost, "orphans": orphans, "received": received}


def _as_app(alias: str) -> dict[str, Any]:
    given = connections[alias].get_connection_params()
    return {
        name: given[name]
        for name in ("host", "port", "dbname", "user")
        if name in given
    }
