"""A till's chain is walked, in the database and in an archive, and each change is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from inventory.places import Channel
from pos.chain import Sealed, Tip, Why, walk
from retail.channels import use_channel
from tests.inventory.owner import as_owner
from tests.pos.test_tickets import VECTORS
from tests.pos.tills import a_till, sold
from tests.retail.orders.house import House

TILL = VECTORS["genesis"][0]["till"]
WHOLE = [
    Sealed(
        id=each["payload"]["id"],
        till=TILL,
        number=number,
        version=1,
        previous_hash=each["payload"]["previous_hash"],
        hash=each["hash"],
        text=each["canonical"],
    )
    for number, each in enumerate(VECTORS["tickets"], 1)
]
END = {TILL: Tip(len(WHOLE), WHOLE[-1].hash)}
Tamper = Callable[[list[Sealed]], object]


def changed(place: int, **values: Any) -> Tamper:
    def tamper(tickets: list[Sealed]) -> None:
        tickets[place] = replace(tickets[place], **values)

    return tamper


def swapped(tickets: list[Sealed]) -> None:
    """The second under the number of the third, and the other way round."""
    tickets[1], tickets[2] = (
        replace(tickets[2], number=2),
        replace(tickets[1], number=3),
    )


@pytest.mark.parametrize(
    ("tamper", "number", "why"),
    [
        (lambda t: t.pop(1), 2, Why.NUMBER),
        (lambda t: t.insert(1, t[0]), 2, Why.NUMBER),
        (lambda t: t.pop(0), 1, Why.NUMBER),
        (lambda t: t.pop(), len(WHOLE), Why.TIP),
        (list.clear, 1, Why.TIP),
        (changed(0, previous_hash="f" * 64), 1, Why.PREVIOUS),
        (changed(1, hash="f" * 64), 2, Why.HASH),
        (changed(1, text=WHOLE[1].text + " "), 2, Why.HASH),
        (changed(1, version=2), 2, Why.VERSION),
        (changed(1, id=WHOLE[0].id), 2, Why.TEXT),
        (swapped, 2, Why.PREVIOUS),
    ],
)
def test_the_first_break_is_told(tamper: Tamper, number: int, why: Why) -> None:
    tickets = list(WHOLE)
    tamper(tickets)
    (chain,) = walk(tickets, END)
    assert chain.broken is not None
    assert (chain.broken.number, chain.broken.why) == (number, why)


def test_a_whole_chain_may_be_longer_than_its_tip_and_may_not_have_begun() -> None:
    first, other = walk(WHOLE, {TILL: Tip(1, WHOLE[0].hash), "z": Tip(0, "")})
    assert (first.broken, first.tickets, first.last) == (None, len(WHOLE), END[TILL])
    assert (other.broken, other.tickets) == (None, 0)
    (forked,) = walk(WHOLE, {TILL: Tip(1, "f" * 64)})
    assert forked.broken is not None
    (stray,) = walk(WHOLE, {})
    assert stray.broken is not None


def tickets(*asked: str) -> tuple[int, Any]:
    """(exit status, what was answered)."""
    out = StringIO()
    try:
        call_command("tickets", *asked, "--json", stdout=out)
    except CommandError:
        return 1, json.loads(out.getvalue() or "null")
    return 0, json.loads(out.getvalue())


@pytest.mark.django_db(databases=["default", "webshop", "pos"], transaction=True)
def test_what_the_owner_of_the_tables_changed_is_found(
    apart: House, tmp_path: Path
) -> None:
    with use_channel(Channel.POS):
        till, other = a_till(), a_till(number=2)
        for _ in range(3):
            sold(apart, till, (0, 1))
        sold(apart, other, (0, 1))
    file = tmp_path / "tickets.jsonl"
    status, kept = tickets("archive", str(file))
    assert (status, [each["tickets"] for each in kept["tills"]]) in [
        (0, [3, 1]),
        (0, [1, 3]),
    ]
    assert tickets("archive", str(file)) == (1, None)  # never over another
    assert tickets("verify", "--archive", str(file)) == (0, kept)
    status, whole = tickets("verify")
    assert (status, whole["tills"]) == (0, kept["tills"])

    def found() -> dict[str, tuple[int, str] | None]:
        return {
            each["till"]: each["break"]
            and (each["break"]["number"], each["break"]["why"])
            for each in tickets("verify")[1]["tills"]
        }

    for number, table, act, why in (
        (3, "pos_ticketline", "SET unit_price = 1 WHERE ticket_id = %s", "rows"),
        (2, "pos_ticket", "SET canonical = replace(canonical, '3.40', '1.40') WHERE id = %s", "hash"),
    ):  # fmt: skip
        with as_owner("pos") as owner:
            # as an administrator would: guards off, one value, guards on
            row = owner.execute(
                "SELECT id FROM pos_ticket WHERE number = %s AND till_id = %s",
                [number, till.id],
            ).fetchone()
            assert row
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER ab_append_only")  # type: ignore[call-overload]
            owner.execute(f"UPDATE {table} {act}", row)  # type: ignore[call-overload]
            owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER ab_append_only")  # type: ignore[call-overload]
            owner.commit()
        assert found() == {str(till.id): (number, why), str(other.id): None}
        assert tickets("verify")[0] == 1

    assert tickets("verify", "--archive", str(file)) == (0, kept)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:-1]), encoding="utf-8")
    assert tickets("verify", "--archive", str(file)) == (1, None)
    file.write_text("".join([*lines[:2], *lines[3:]]), encoding="utf-8")
    status, cut = tickets("verify", "--archive", str(file))
    assert (status, cut["ok"], cut["unchanged"]) == (1, False, False)
    assert sum(each["break"] is not None for each in cut["tills"]) == 1
    odd = [
        lines[1].replace('"number": 1', '"number": "1"'),
        "[]\n",
        "nonsense\n",
        '{"end": 1}\n',
    ]
    for text in [*(lines[0] + each + lines[-1] for each in odd), *odd, ""]:
        file.write_text(text, encoding="utf-8")
        assert tickets("verify", "--archive", str(file))[0] == 1, text
