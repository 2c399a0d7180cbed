"""Files of each kind: looked at, confirmed, worked off once, on the chosen side alone."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.models import Sum
from django.utils import timezone

from inventory import reserving
from inventory.ids import new_id
from inventory.models import Listing, Price, StockLevel, StockMovement
from inventory.prices import priced
from inventory.selling import sell_at_till
from retail.channels import Channel, atomic, use_channel
from retail.customers.models import ConsentEvent, Customer
from retail.customers.registering import register
from retail.exchange import importing, previewing
from retail.exchange.exporting import export
from retail.exchange.models import Kind, Line, Problem, Run, State
from retail.exchange.previewing import preview
from retail.exchange.reading import Unreadable
from tests.levels import SIDES
from tests.retail.orders.house import House, alice, everything

pytestmark = pytest.mark.django_db(databases=SIDES)
WEB, POS = Channel.WEBSHOP, Channel.POS


def looked_at(kind: Kind, *lines: str, channel: Channel = WEB) -> Run:
    file = io.BytesIO("\n".join(lines).encode())
    return preview(file, kind=kind, channel=channel, name="a.csv", by="test")


def brought_in(kind: Kind, *lines: str, channel: Channel = WEB) -> Run:
    run = importing.confirm(looked_at(kind, *lines, channel=channel))
    return importing.work(run, seconds=60)


def problems(run: Run) -> list[tuple[int, str, str]]:
    found = run.problems.order_by("number")
    return list(found.values_list("number", "column", "slug"))


def counts(run: Run) -> tuple[int, int, int, int]:
    return run.new, run.change, run.same, run.wrong


def test_a_price_is_added_and_the_other_channel_keeps_its_own(
    both_levels: House,
) -> None:
    one, two, three = both_levels.gtins
    later = (timezone.now() + timedelta(days=9)).date()
    run = looked_at(
        Kind.PRICES,
        "gtin;amount;former_amount;valid_from;note",
        f"{one};2,90;3,40;;",
        f"{two};12.00;;;",
        f"{three};20;;{later};",
        f"{one};1;;;",
        f"{three};1;;2020-01-01;",
        "3017620422003;1",
    )
    assert counts(run) == (1, 1, 1, 3)
    assert run.unread == ["note"]
    assert problems(run) == [
        (5, "", "twice"),
        (6, "valid_from", "in-the-past"),
        (7, "", "cells"),
    ]
    assert priced(WEB, [one])[one].amount == Decimal("3.40")

    importing.work(importing.confirm(run), seconds=60)
    assert (run.state, run.done, run.left_out) == (State.DONE, 2, 0)
    assert not Line.objects.exists()
    now = priced(WEB, [one, two, three])
    assert (now[one].amount, now[one].former_amount) == (
        Decimal("2.90"),
        Decimal("3.40"),
    )
    assert now[three].amount == Decimal("25.00")
    in_time = priced(WEB, [three], timezone.now() + timedelta(days=10))
    assert in_time[three].amount == Decimal("20.00")
    with use_channel(POS):
        assert priced(POS, [one])[one].amount == Decimal("3.40")


def test_products_are_offered_and_changed(both_levels: House) -> None:
    one, two, _three = both_levels.gtins
    with use_channel(POS), atomic():
        Price.objects.filter(listing__variant__gtin=one, origin=POS).delete()
        Listing.objects.filter(variant__gtin=one, origin=POS).delete()
    run = brought_in(
        Kind.PRODUCTS,
        "gtin,title,active,department",
        f"{one},'=Confiture,1,",
        f"{two},,0,",
        "3017620422003,x,1,",
        f"{_three},x,1,nowhere",
        channel=POS,
    )
    assert counts(run)[:2] == (1, 1)
    assert {slug for _n, _c, slug in problems(run)} <= {
        "unknown-article",
        "unknown-department",
        "twice",
    }
    with use_channel(POS):
        mine = Listing.objects.filter(origin=POS)
        assert mine.get(variant__gtin=one).title == "=Confiture"
        changed = mine.get(variant__gtin=two)
        assert (changed.title, changed.active) == (f"Article {two}", False)
    theirs = Listing.objects.get(origin=WEB, variant__gtin=two)
    assert theirs.active


def test_a_count_is_posted_as_a_movement(both_levels: House) -> None:
    one, two, three = both_levels.gtins
    place = both_levels.location("W01")
    with atomic():
        reserving.reserve(
            place, {both_levels.variants[two]: 4}, kind="test", reference="r"
        )
    before = everything()
    run = looked_at(
        Kind.STOCK,
        "location;gtin;counted",
        f"W01;{one};7",
        f"W01;{two};3",
        f"W01;{three};10",
        f"M01;{one};7",
    )
    assert counts(run) == (0, 1, 1, 2)
    assert problems(run) == [
        (3, "counted", "fewer-than-held"),
        (5, "location", "not-a-place"),
    ]
    assert everything() == before

    importing.work(importing.confirm(run), seconds=60)
    level = StockLevel.objects.get(location=place, variant__gtin=one)
    moved = StockMovement.objects.filter(location=place, variant__gtin=one)
    assert level.on_hand == 7 == moved.aggregate(n=Sum("quantity"))["n"]
    assert moved.order_by("-sequence")[0].kind == "adjust:counted"


def test_the_same_lines_again_have_no_second_effect(both_levels: House) -> None:
    """Stopped between the effect and its book-keeping; meanwhile goods were sold."""
    one = both_levels.gtins[0]
    run = looked_at(Kind.STOCK, "location;gtin;counted", f"W01;{one};7")
    importing.confirm(run)
    lines = list(Line.objects.filter(run=run))
    assert importing._apply(run, lines) == []
    StockLevel.objects.filter(variant__gtin=one, location__code="W01").update(on_hand=6)
    importing.work(run, seconds=60)
    assert run.state == State.DONE
    level = StockLevel.objects.get(variant__gtin=one, location__code="W01")
    assert level.on_hand == 6
    with pytest.raises(importing.NotWaiting):
        importing.confirm(run)


def test_customers_are_made_and_changed_but_agree_to_nothing(
    both_levels: House,
) -> None:
    known = alice()
    run = brought_in(
        Kind.CUSTOMERS,
        "card;email;first_name;phone;consent_email",
        f"{known.card};;Alicia;;yes",
        ";bob@example.org;Bob;'+33639980101;yes",
        ";alice@example.org;Eve;;",
        "M-12345678;;Mallory;;",
        ";;Nobody;;",
    )
    assert counts(run) == (1, 1, 0, 3)
    assert [slug for _n, _c, slug in problems(run)] == [
        "email-known",
        "not-our-card",
        "nobody",
    ]
    known.refresh_from_db()
    assert (known.first_name, known.email) == ("Alicia", "alice@example.org")
    bob = Customer.objects.get(email="bob@example.org")
    assert (bob.origin, bob.phone, bob.email_verified_at) == (
        WEB,
        "+33639980101",
        None,
    )
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize("kind", Kind.values)
def test_what_went_out_says_nothing_new_when_it_comes_in(
    both_levels: House, kind: str
) -> None:
    with atomic():  # two of one address, and more sold than there was
        register(id=new_id(), channel=WEB, email=alice().email)
        sold = {both_levels.variants[both_levels.gtins[0]]: 15}
        sell_at_till(both_levels.location("W01"), sold, reference="r", by="test")
    with use_channel(WEB):
        told = "".join(export(kind, channel=WEB, dialect="fr"))
    run = looked_at(Kind(kind), told)
    assert counts(run) == (0, 0, run.lines, 0)
    assert run.lines > 0


def test_what_changed_since_the_preview_is_left_out(apart: House) -> None:
    """Confirmed an hour later, when a moment has passed or another price has it."""
    one, two, three = apart.gtins
    now = timezone.now()
    soon, later = now + timedelta(minutes=30), now + timedelta(hours=3)
    asked = [
        "gtin;amount;valid_from;valid_to",
        f"{one};2;{soon.isoformat()};",
        f"{one};2;;{soon.isoformat()}",
        f"{two};2;{later.isoformat()};",
        f"{three};2;{later.isoformat()};",
    ]
    run = looked_at(Kind.PRICES, *asked)
    assert counts(run) == (3, 1, 0, 0)
    brought_in(
        Kind.PRICES,
        asked[0],
        f"{two};3;{later.isoformat()};",
        f"{three};2;{later.isoformat()};",
    )
    importing.confirm(run, at=now + timedelta(hours=1))
    importing.work(run, seconds=60)
    assert (run.done, run.left_out) == (4, 3)
    assert problems(run) == [
        (2, "valid_from", "in-the-past"),
        (3, "valid_to", "ends-before"),
        (4, "valid_from", "price-there"),
    ]
    assert not Price.objects.filter(listing__variant__gtin=one, amount=2).exists()


def test_an_import_that_cannot_go_on_does_not_stop_the_others(
    apart: House, caplog: pytest.LogCaptureFixture
) -> None:
    one, two, _three = apart.gtins
    stuck, good = [
        importing.confirm(looked_at(Kind.PRICES, "gtin;amount", f"{gtin};2"))
        for gtin in (one, two)
    ]
    Line.objects.filter(run=stuck).update(values={})
    assert importing.take_up(seconds=60) == 2
    assert f"import {stuck.id} stopped" in caplog.text
    stuck.refresh_from_db()
    good.refresh_from_db()
    assert (stuck.state, good.state) == (State.CONFIRMED, State.DONE)

    importing.abandon(stuck)
    assert (stuck.state, stuck.done) == (State.ABANDONED, 0)
    assert not Line.objects.exists()
    with pytest.raises(importing.NotWaiting):
        importing.abandon(good)


def test_one_at_a_time_works_on_an_import(apart: House) -> None:
    run = looked_at(Kind.PRICES, "gtin;amount", f"{apart.gtins[0]};2")
    importing.confirm(run)
    key = (importing.WORKING, str(run.id))
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", key)
            importing.work(run, seconds=60)
            assert (run.state, run.done) == (State.CONFIRMED, 0)
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)
    finally:
        other.close()
    importing.work(run, seconds=60)
    assert (run.state, run.done) == (State.DONE, 1)


def test_a_file_that_is_refused_leaves_nothing(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "TOGETHER", 1)
    good = f"{apart.gtins[0]};1"
    for lines, slug in [
        (["gtin;price", good], "column-missing"),
        (["gtin;amount", good, '"open'], "bad-quotes"),
        (["gtin;amount;gtin", good], "column-twice"),
        (["gtin;amount"], "empty"),
    ]:
        with pytest.raises(Unreadable) as refusal:
            looked_at(Kind.PRICES, *lines)
        assert refusal.value.slug == slug
    assert not Run.objects.exists()
    assert not Line.objects.exists()


def test_after_a_day_the_files_contents_are_gone(apart: House) -> None:
    run = looked_at(Kind.CUSTOMERS, "email", "a@example.org", "b@@example.org")
    begun = looked_at(Kind.CUSTOMERS, "email", "a@example.org", "b@@example.org")
    importing.confirm(begun)
    assert importing.forget() == 0
    assert importing.forget(now=timezone.now() + timedelta(days=2)) == 2
    for each in (run, begun):
        each.refresh_from_db()
        assert each.state == State.ABANDONED
    assert not Line.objects.exists()
    assert not Problem.objects.exists()


def test_the_commands(apart: House, tmp_path) -> None:
    file = tmp_path / "prices.csv"
    call_command("export", "prices", file, channel="webshop", language="en")
    text = file.read_text(encoding="utf-8-sig")
    header, *rest = text.splitlines()
    rows = [row.split(",") for row in rest]
    changed = [",".join([gtin, "9.99", "", "", "", title]) for gtin, *_, title in rows]
    file.write_text("\n".join([header, *changed, "1,x,,,,"]), encoding="utf-8")
    with pytest.raises(CommandError, match="1 lines are wrong"):
        call_command("import", "prices", file, channel="webshop", yes=True)
    gtin = apart.gtins[0]
    assert priced(WEB, [gtin])[gtin].amount == Decimal("3.40")
    call_command("import", "prices", file, channel="webshop", yes=True, leave_out=True)
    assert priced(WEB, [gtin])[gtin].amount == Decimal("9.99")
