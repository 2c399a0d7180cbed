"""`books check`: every room, every open database, and how it answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from inventory.books import Check
from inventory.ids import new_id
from inventory.models import StockLevel, TaxCategory
from inventory.places import Channel
from retail import books
from retail.channels import SIDES, atomic, use_channel
from retail.channels.models import SwitchRun, SwitchStep
from tests.inventory import goods

pytestmark = pytest.mark.django_db(databases=["default", *SIDES])
PROJECT = Path(books.__file__).resolve().parents[1]


def test_books_hold_on_every_open_database() -> None:
    results = books.check()
    assert {result.database for result in results} == {"webshop", "pos", "default"}
    assert len(results) == 2 * len(books.all_checks()) + len(books.of_the_dial())
    assert [result for result in results if not result.holds] == []


def test_every_room_with_books_is_read() -> None:
    modules = {
        ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        for room in ("inventory", "retail", "webshop", "pos")
        for path in (PROJECT / room).glob("**/books.py")
    }
    others = {"retail.books", "retail.management.commands.books"}
    assert {m for m in modules - others if "channels" not in m} == set(books.ROOMS)


def test_a_step_done_before_an_earlier_one_is_found() -> None:
    run = SwitchRun.objects.create(
        kind="join", state="done", started_at="2026-11-22T08:00:00Z"
    )
    assert [each for each in books.of_the_dial() if not each.holds] == []
    for place, state in ((1, "pending"), (2, "done")):
        SwitchStep.objects.create(run=run, place=place, name="step", state=state)
    found = [each for each in books.of_the_dial() if not each.holds]
    assert [(each.id, each.rows) for each in found] == [("I46", 1)]


def test_the_page_names_every_check() -> None:
    page = (PROJECT / "docs" / "books.md").read_text(encoding="utf-8")
    written = re.findall(r"^\| (I\d+) \| ([\w-]+) \|", page, re.MULTILINE)
    known = [(each.id, each.name) for each in books.all_checks()]
    dial = [(each.id, each.name) for each in books.of_the_dial()]
    assert sorted(written) == sorted(known + dial)


def test_owners_are_asked_of_every_business_table() -> None:
    sql = books.origin_known().sql
    for label in ("inventory", "retail", "webshop", "pos"):
        for model in apps.get_app_config(label).get_models():
            assert f"FROM {model._meta.db_table} " in sql


def test_the_other_channels_rows_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    with use_channel(Channel.WEBSHOP), atomic():
        store = goods.a_place("M01")
        (a,) = goods.variants()
        StockLevel.objects.create(
            id=new_id(), origin="pos", location=store, variant_id=a
        )
    with pytest.raises(CommandError, match="2 of "):
        call_command("books", "check", "--database", "webshop", "--json")
    answer = json.loads(capsys.readouterr().out)
    found = [each for each in answer["checks"] if each["rows"]]
    assert answer["ok"] is False
    assert [(each["id"], each["rows"]) for each in found] == [("I9", 1), ("I45", 1)]
    assert set(found[0]) == {"id", "name", "database", "rows", "seconds"}
    with pytest.raises(CommandError):
        call_command("books", "check")
    assert re.search(
        r"^I9 .*webshop +1 rows, as level", capsys.readouterr().out, re.MULTILINE
    )


def test_the_command_says_that_books_hold(capsys: pytest.CaptureFixture[str]) -> None:
    with use_channel(Channel.POS), atomic():
        TaxCategory.objects.create(
            origin="head_office", code="none", rate=0, name_fr="Sans", name_en="None"
        )
    call_command("books", "check", "--database", "pos", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is True
    assert {each["database"] for each in answer["checks"]} == {"pos"}


@pytest.mark.parametrize("alias", ["default", "nowhere", "'; DROP TABLE x"])
def test_other_databases_keep_no_books(alias: str) -> None:
    with pytest.raises(CommandError, match="no books are kept in") as refusal:
        call_command("books", "check", "--database", alias)
    assert "\n" not in str(refusal.value)


def test_a_broken_check_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Check("I99", "broken", "SELECT nothing FROM nowhere")
    monkeypatch.setattr(books, "all_checks", lambda: [broken])
    with pytest.raises(CommandError) as refusal:
        call_command("books", "check", "--database", "shared")
    assert str(refusal.value).startswith("I99 broken on shared could not be run: ")
    assert "\n" not in str(refusal.value)
