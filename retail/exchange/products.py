"""Products offered: which articles of the catalogue a channel sells, in which words.

The articles themselves are head office's and equal on every side; a file of one channel
does not change them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from inventory.models import Department, Listing, Variant
from inventory.places import Channel
from retail.exchange.cells import Column, gtin, text, yes_no
from retail.exchange.models import Verdict
from retail.exchange.tables import Change, Judged, Read, Table, Wrong, listings
from retail.staff.edits import Edit, edit, keep, of_row

WORDS = ("title", "text", "department", "active")
COLUMNS = (
    Column("gtin", gtin, required=True),
    Column("title", text(200)),
    Column("text", text(4000)),
    Column("department", text(40)),
    Column("active", yes_no),
)


def judge(channel: Channel, lines: Sequence[Read]) -> Iterable[Judged]:
    """Three queries."""
    known = listings(channel, lines)
    gtins = {line.values["gtin"] for line in lines}
    variants = set(
        Variant.objects.filter(gtin__in=gtins).values_list("gtin", flat=True)
    )
    departments = set(Department.objects.values_list("code", flat=True))
    for line in lines:
        asked = line.values
        if asked["gtin"] not in variants:
            yield Wrong(line.number, "gtin", "unknown-article", asked["gtin"])
        elif asked.get("department") and asked["department"] not in departments:
            yield Wrong(
                line.number, "department", "unknown-department", asked["department"]
            )
        elif (listing := known.get(asked["gtin"])) is None:
            yield line, Verdict.NEW
        else:
            yield line, Verdict.CHANGE if changes(listing, line) else Verdict.SAME


def changes(listing: Listing, line: Read) -> dict[str, Any]:
    """The fields of `listing` that the line says otherwise. An empty cell says
    nothing."""
    now = {
        "title": listing.title,
        "text": listing.text,
        "department": listing.department.code,
        "active": listing.active,
    }
    return {
        name: line.values[name]
        for name, value in now.items()
        if line.values.get(name) is not None and line.values[name] != value
    }


def apply(change: Change, lines: Sequence[Read]) -> list[Wrong]:
    """Three queries to read, one to add, one to change for each set of fields, and one
    for the log."""
    known = listings(change.channel, lines, locked=True)
    gtins = {line.values["gtin"] for line in lines}
    variants = {
        each.gtin: each
        for each in Variant.objects.filter(gtin__in=gtins).select_related("product")
    }
    departments = dict(Department.objects.values_list("code", "id"))
    codes = {id: code for code, id in departments.items()}
    added, wrong = [], []
    edits: list[Edit | None] = []
    changed: dict[tuple[str, ...], list[Listing]] = {}  # by the fields that do
    for line in lines:
        asked = line.values
        variant = variants.get(asked["gtin"])
        department = asked.get("department")
        if variant is None or (department and department not in departments):
            wrong.append(Wrong(line.number, "gtin", "gone-since", asked["gtin"]))
            continue
        listing = known.get(asked["gtin"])
        if listing is None:
            product = variant.product
            added.append(
                Listing(
                    id=change.id(line.number),
                    origin=change.channel,
                    variant=variant,
                    title=asked.get("title") or product.name,
                    text=asked.get("text") or "",
                    active=asked.get("active") is not False,
                    department_id=departments[department]
                    if department
                    else product.department_id,
                )
            )
        elif told := changes(listing, line):
            before = {name: of_row(listing, WORDS)[name] for name in told}
            for name, value in told.items():
                if name == "department":
                    listing.department_id = departments[value]
                else:
                    setattr(listing, name, value)
            changed.setdefault(tuple(told), []).append(listing)
            edits.append(_edit(change, listing, before, told))
    Listing.objects.bulk_create(added, ignore_conflicts=True)
    for fields, some in changed.items():
        Listing.objects.bulk_update(some, fields)
    for each in added:
        after = {
            "title": each.title,
            "text": each.text,
            "department": codes[each.department_id],
            "active": each.active,
        }
        edits.append(_edit(change, each, None, after))
    keep(edits)
    return wrong


def _edit(
    change: Change, row: Listing, before: dict[str, Any] | None, after: dict[str, Any]
) -> Edit | None:
    return edit(
        row,
        side=change.channel,
        by=change.who,
        before=before,
        after=after,
        at=change.at,
    )


def rows(channel: Channel) -> Iterator[Sequence[Any]]:
    found = Listing.objects.filter(origin=channel).order_by("variant__gtin")
    return found.values_list(
        *("variant__gtin", "title", "text", "department__code", "active"),
        *("variant__product__brand", "variant__size"),
    ).iterator(chunk_size=2000)


TABLE = Table(
    columns=COLUMNS,
    key=lambda values: str(values["gtin"]),
    judge=judge,
    apply=apply,
    header=(*(each.name for each in COLUMNS), "brand", "size"),
    rows=rows,
)
