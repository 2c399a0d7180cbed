"""Do the books hold? Every room's invariants, run on every database that is open.

`docs/books.md` says what each means. A check reads one database and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from time import perf_counter

from django.apps import apps
from django.db import DatabaseError, connections

from inventory.books import Check
from inventory.places import Channel, Origin
from retail.channels import BUSINESS, SIDES, open_databases
from retail.channels.switching import invariants

ROOMS = [
    "inventory.books",
    "retail.orders.books",
    "retail.fulfilment.books",
    "retail.payments.books",
    "retail.promotions.books",
    "retail.loyalty.books",
    "retail.customers.books",
    "retail.messages.books",
    "pos.books",
]


# What was compared with the providers' lists lies in no channel's database.
PROVIDERS = Check(
    "I13",
    "provider-agrees",
    """
    SELECT kind, payment_id, ours, theirs FROM settlement_difference
    WHERE ended_at IS NULL AND found_at < now() - interval '1 day'
    """,
)


class UnknownDatabase(Exception):
    """Not one of the databases that hold business rows."""

    def __init__(self, alias: str) -> None:
        super().__init__(alias)
        self.alias = alias


class CheckBroken(Exception):
    """A check could not be run; the cause is the database's error."""

    def __init__(self, check: Check, database: str) -> None:
        super().__init__(f"{check.id} {check.name} on {database}")
        self.check = check
        self.database = database


@dataclass(frozen=True, slots=True)
class Result:
    """`rows` counts violations; `first` shows one of them, empty where it holds."""

    id: str
    name: str
    database: str
    rows: int
    seconds: float
    first: str

    @property
    def holds(self) -> bool:
        return self.rows == 0


def all_checks() -> list[Check]:
    """In the order of the rooms, the one over all of them last."""
    found: list[Check] = []
    for room in ROOMS:
        found += import_module(room).CHECKS
    return [*found, origin_known()]


def origin_known() -> Check:
    """I45, over every business table there is, so that none can be forgotten.

    A row of the other channel in a database that is not its home is as lost as one of
    nobody: parting the databases would leave it behind.
    """
    tables = [
        model._meta.db_table
        for label in sorted(BUSINESS)
        for model in apps.get_app_config(label).get_models()
    ]
    return Check(
        "I45",
        "origin-known",
        " UNION ALL ".join(
            f"SELECT '{table}' AS table, id, origin FROM {table}"  # noqa: S608 - names of our own tables
            f" WHERE origin IS NULL OR (origin <> '{Origin.HEAD_OFFICE.value}'"
            " AND origin <> ALL(%(owners)s::text[]))"
            for table in tables
        ),
    )


def owners(database: str) -> list[str]:
    """The channels whose rows may lie in this database."""
    if database == "shared":
        return [channel.value for channel in Channel]
    return [database]


def check(databases: Iterable[str] | None = None) -> list[Result]:
    """Every check on each database, by default on those that are open.

    Raises UnknownDatabase, CheckBroken.
    """
    asked = list(open_databases() if databases is None else databases)
    for alias in asked:
        if alias not in SIDES:
            raise UnknownDatabase(alias)
    checks = all_checks()
    found = [run(each, alias) for alias in asked for each in checks]
    return found if databases is not None else [*found, *of_the_dial()]


def of_the_dial() -> list[Result]:
    """What must hold between the databases; asked with all of them only. Reads every
    row of a closed side."""
    found = []
    for id, (name, ask) in invariants.CHECKS.items():
        began = perf_counter()
        rows = ask()
        took = round(perf_counter() - began, 4)
        found.append(
            Result(id, name, "default", len(rows), took, rows[0] if rows else "")
        )
    return [*found, run(PROVIDERS, "default")]


def run(check: Check, database: str) -> Result:
    """Raises CheckBroken."""
    given = {"owners": owners(database)} if "%(owners)s" in check.sql else None
    began = perf_counter()
    try:
        with connections[database].cursor() as cursor:
            cursor.execute(check.sql, given)
            found = cursor.fetchall()
    except DatabaseError as error:
        raise CheckBroken(check, database) from error
    return Result(
        id=check.id,
        name=check.name,
        database=database,
        rows=len(found),
        seconds=round(perf_counter() - began, 4),
        first=" ".join(map(str, found[0])) if found else "",
    )
