"""Seeds the demo: master data, stock, people, and their story through the verbs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

import psycopg
from django.apps import apps
from django.db import connections
from django.db.models import F
from django.utils import timezone
from psycopg import sql

from inventory import stock
from inventory.ids import master_id
from inventory.models import Location
from inventory.places import Channel
from pos.models import Shift
from retail import channels
from retail.bank import ledger
from retail.channels.models import DemoAct, LevelState
from retail.channels.roles import owner_connection
from retail.customers.linking import link_known
from retail.demo import bargains, catalogue, people, script
from retail.demo.carrying import carry
from retail.demo.performing import Outcome, perform
from retail.fulfilment import feed
from retail.notices.models import Notice
from retail.orders.taking import take_due


class NotADemo(Exception):
    """These databases hold a retailer's own data: nothing here may forget it."""


@dataclass(frozen=True)
class Seeded:
    """`refused` are the acts that the level forbade, with the slug of the refusal."""

    level: str
    acts: int
    refused: list[tuple[str, str]]
    seconds: float


def is_demo() -> bool:
    """Whether these databases were seeded before, and so may be forgotten."""
    return LevelState.objects.filter(demo=True).exists()


def is_empty(alias: str) -> bool:
    """Whether a side has no business row yet (one look at its places)."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM inventory_location)")
        return bool(cursor.fetchone()[0])


def all_empty() -> bool:
    return all(is_empty(alias) for alias in channels.SIDES)


def seed(*, now: datetime | None = None) -> Seeded:
    """Fills the empty open sides at the level where the dial stands. The same people,
    acts and ids at every level. Raises NotADemo where there are rows already."""
    began = monotonic()
    now = now or timezone.now()
    if not all(is_empty(alias) for alias in channels.open_databases()):
        raise NotADemo
    LevelState.objects.update(demo=True)
    ledger.forget_all()
    people.write_staff()
    _write_master(now)
    outcomes = [
        perform(act)
        for act in script.acts(now=now, goods=_plenty(), people=people.customers())
    ]
    bargains.make(now)
    _finish(now)
    _have_been_told(now)
    _keep(outcomes)
    return Seeded(
        level=channels.level(),
        acts=len(outcomes),
        refused=[(o.act.key, o.answer) for o in outcomes if o.answer != "done"],
        seconds=monotonic() - began,
    )


def _have_been_told(now: datetime) -> None:
    """The story is of days gone by: its customers had their letters then, and get none
    today; nor does the bank call about it."""
    ledger.be_silent()
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        due = Notice.objects.filter(sent_at=None, due_at__lte=now)
        due.update(sent_at=F("due_at"))


def _write_master(now: datetime) -> None:
    written: set[str] = set()
    for channel in Channel:
        with channels.use_channel(channel) as context, channels.atomic():
            if context.database not in written:
                catalogue.write_master()
                written.add(context.database)
            catalogue.write_listings(channel, since=now)
            if channel == Channel.POS:
                catalogue.write_tills()
            _fill_shelves(channel, now)
    with channels.use_channel(Channel.WEBSHOP):
        feed.refresh()


def _fill_shelves(channel: Channel, now: datetime) -> None:
    """Goods in every place of a channel: plenty in the warehouse, less in the stores,
    a few products down to the last ones and some not there at all."""
    for location in Location.objects.filter(channel=channel).order_by("code"):
        goods: dict[UUID, int] = {}
        for i, row in enumerate(catalogue.products()):
            quantity = _delivered(location, i)
            if quantity:
                goods[master_id("variant", row["gtin"])] = quantity
        if location.kind == "store":
            for i, row in enumerate(catalogue.weighed()):
                goods[master_id("variant", row["gtin"])] = 4000 + 1500 * (i % 7)
        stock.receive(
            location,
            goods,
            reference=str(script.act_id("delivery", location.code)),
            by="system",
            at=now.replace(hour=5, minute=0, second=0, microsecond=0)
            - timedelta(days=31),
        )


def _delivered(location: Location, i: int) -> int:
    """Units of the i-th product that a place was sent: of what the story is about
    nearly everything to its stores; of the rest, and to other stores, some."""
    if location.kind == "warehouse":
        return 120
    kind = _kind(location.code, i)
    if location.code not in script.STORES or i >= catalogue.in_story():
        return location.safety + kind if kind < 6 else 0
    if kind == 0:
        return 0
    return location.safety + 4 if kind == 1 else 25 + kind


def _kind(store: str, i: int) -> int:
    return (i * 7 + sum(map(ord, store))) % 20


def _plenty() -> list[int]:
    return [
        i
        for i in range(catalogue.in_story())
        if all(_kind(store, i) > 1 for store in script.STORES)
    ]


def _finish(now: datetime) -> None:
    """Links, shifts closed in the evening, a fresh feed, the bank told."""
    if channels.on(channels.Feature.UNIFIED_CUSTOMERS):
        with channels.use_channel(Channel.WEBSHOP), channels.atomic():
            link_known(by="system", at=now)
    with channels.use_channel(Channel.POS), channels.atomic():
        Shift.objects.filter(closed_at=None).update(closed_at=now)
    carry()
    with channels.use_channel(Channel.WEBSHOP):
        feed.refresh()
        while take_due(now):  # what was cancelled is let go
            pass


def _keep(outcomes: Sequence[Outcome]) -> None:
    DemoAct.objects.all().delete()
    DemoAct.objects.bulk_create(
        DemoAct(
            id=script.act_id("act", outcome.act.key),
            position=position,
            at=outcome.act.at,
            who=outcome.act.who,
            what=type(outcome.act).__name__,
            key=outcome.act.key,
            answer=outcome.answer,
        )
        for position, outcome in enumerate(outcomes, 1)
    )


def empty(alias: str) -> None:
    """Forgets every business row of one side of a demo, as the owner of its tables.

    Append-only tables refuse this from anybody else; the owner lifts their triggers
    within one transaction. Raises NotADemo.
    """
    if not is_demo():
        raise NotADemo
    tables = sorted(_business_tables())
    with owner_connection(alias) as connection:
        for table in tables:
            connection.execute(
                sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(
                    sql.Identifier(table)
                )
            )
        connection.execute(
            sql.SQL("TRUNCATE {} RESTART IDENTITY").format(
                sql.SQL(", ").join(map(sql.Identifier, tables))
            )
        )
        connection.execute("ALTER SEQUENCE retail_order_number_seq RESTART")
        for table, trigger in _guards(connection):
            connection.execute(
                sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}").format(
                    sql.Identifier(table), sql.Identifier(trigger)
                )
            )


def _business_tables() -> Iterator[str]:
    for label in channels.BUSINESS:
        for model in apps.get_app_config(label).get_models():
            yield model._meta.db_table


def _guards(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """The triggers that stand in peace: all of ours but the fence."""
    return connection.execute(
        """
        SELECT c.relname, t.tgname FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND t.tgname = 'ab_append_only'
        """
    ).fetchall()
