"""Erasing: what names a person is overwritten everywhere, the rows stay.

Amounts, points, numbers of orders and tickets are kept: the law wants the books whole
(for France: code de commerce, art. L123-22; GDPR art. 17(3)(b)). What is wiped, table
by table, is written in `personal`.

Who asked acts at once on the database that serves them, as the application. What the
application may not edit (events, tickets, sides that are closed) is wiped by the
copier, right afterwards, in a process of its own: `replay`. `erased_at` on the row is
the promise; the `Erasure` of head office follows from it, so that neither a crash in
between nor a copy that is put back leaves somebody half erased.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connections, router
from django.utils import timezone

from retail import channels
from retail.channels import SIDES
from retail.channels.detached import start_as_copier
from retail.channels.models import STANDING, ClosedSide, Erasure, SwitchRun
from retail.channels.roles import copier_connection
from retail.channels.surfaces import SessionStore
from retail.customers import linking, wiping
from retail.customers.models import Customer
from retail.customers.wiping import Them
from retail.fulfilment.models import PickupJob, ShipJob
from retail.fulfilment.states import PICKUP_OPEN, SHIP_OPEN
from retail.orders.models import Order
from retail.orders.moving import FINAL
from retail.staff.models import Account, AccountKind

REPLAYING = 480_050  # advisory lock: any number, the same for all who replay
SYSTEM = "system"


class StillOpen(Exception):
    """Goods or money are still owed: `numbers` of the orders to be finished first."""

    def __init__(self, numbers: list[str]) -> None:
        super().__init__(", ".join(numbers))
        self.numbers = numbers


class Closing(Exception):
    """A switch run closes this side at this moment; it replays erasures itself."""

    def __init__(self, alias: str) -> None:
        super().__init__(alias)
        self.alias = alias


def erase(customer: Customer, *, by: str, at: datetime | None = None) -> list[Erasure]:
    """Wipe this person: every row linked to theirs where customers are unified, else
    this row, and the sign-in. Opens its own transactions. Erasing again changes nothing.

    Answers one Erasure for each customer row. Raises StillOpen; then nothing changed.
    The caller then says `start_replay()`.
    """
    at = at or timezone.now()
    with channels.atomic():
        if router.db_for_write(Customer) == "shared":
            linking.one_at_a_time()
        ids = [row.id for row in linking.rows_of(customer)]
        rows = list(Customer.objects.select_for_update().filter(id__in=ids))
        asked = {row.id: row.erased_at or at for row in rows}
        with connections[router.db_for_write(Customer)].cursor() as cursor:
            them = Them(asked, wiping.orders_of(cursor, ids))
            _refuse_open(them.orders)
            wiping.wipe(cursor, them, append_only=False)
    _note(asked, by=by)
    forget_accounts([row.account_id for row in rows if row.account_id])
    return list(Erasure.objects.filter(customer_id__in=ids).order_by("customer_id"))


def _refuse_open(orders: Iterable[UUID]) -> None:
    ids = list(orders)
    numbers = set(
        Order.objects.filter(id__in=ids)
        .exclude(status__in=FINAL)
        .values_list("number", flat=True)
    )
    for work, states in ((PickupJob, PICKUP_OPEN), (ShipJob, SHIP_OPEN)):
        jobs = work._default_manager.filter(order_id__in=ids, status__in=states)
        numbers.update(jobs.values_list("order_number", flat=True))
    if numbers:
        raise StillOpen(sorted(numbers))


def _note(asked: Mapping[UUID, datetime], *, by: str) -> None:
    Erasure.objects.bulk_create(
        [Erasure(customer_id=id, asked_at=at, by=by[:80]) for id, at in asked.items()],
        ignore_conflicts=True,
    )


def forget_accounts(ids: Iterable[UUID]) -> int:
    """Delete these sign-ins of customers, with the addresses that they proved. The
    same address may sign up again, as somebody new."""
    return Account.objects.filter(id__in=ids, kind=AccountKind.CUSTOMER).delete()[0]


def replay_all() -> dict[str, int]:
    """{database: rows changed}, over every side; while a switch run stands over those
    that sell, the others are the run's. For a process that may be the copier. One at a
    time; raises Closing."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [REPLAYING])
        try:
            if SwitchRun.objects.filter(state__in=STANDING):
                sides = channels.open_databases()
                return {alias: replay(alias, unless_closed=True) for alias in sides}
            return {alias: replay(alias) for alias in SIDES}
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [REPLAYING])


def replay(alias: str, *, unless_closed: bool = False) -> int:
    """Wipe everybody who was ever erased in this database, open or closed, as the
    copier. Idempotent; answers the rows changed. After every copy and every restore.
    `unless_closed`: raise Closing rather than pass the fence."""
    adopt()
    erasures = list(Erasure.objects.all())
    if not erasures:
        return 0
    them = _everybody(erasures)
    closed = ClosedSide.objects.filter(alias=alias).first()
    with copier_connection(alias) as copier, copier.cursor() as cursor:
        if unless_closed and not wiping.stays_open(cursor):
            raise Closing(alias)
        changed = wiping.wipe(cursor, them, append_only=True, sums=closed is not None)
        if closed is not None:
            _still_known(closed, changed)
    for each in erasures:
        if alias not in each.wiped:
            each.wiped[alias] = timezone.now().isoformat()
            each.save(update_fields=["wiped"])
    return sum(rows for rows, _ in changed.values())


def adopt() -> None:
    """Finish what a crash left: whoever is erased in a database is noted at head
    office, and has no sign-in any more."""
    asked: dict[UUID, datetime] = {}
    for alias in SIDES:
        with connections[alias].cursor() as cursor:
            asked |= wiping.asked(
                cursor,
                "SELECT id, erased_at FROM retail_customer WHERE erased_at IS NOT NULL",
            )
    known = set(Erasure.objects.values_list("customer_id", flat=True))
    _note({id: at for id, at in asked.items() if id not in known}, by=SYSTEM)
    accounts: set[UUID] = set()
    for alias in SIDES:
        with connections[alias].cursor() as cursor:
            rows = wiping.asked(
                cursor,
                "SELECT account_id FROM retail_customer"
                " WHERE id = ANY(%s::uuid[]) AND account_id IS NOT NULL",
                [list(asked.keys() | known)],
            )
            accounts |= {row[0] for row in rows}
    forget_accounts(accounts)
    forget_sessions(accounts)


def forget_sessions(accounts: Collection[UUID]) -> None:
    """Sessions of these sign-ins, which keep the address that was proven. Reads every
    session: their content is packed."""
    gone = {str(id) for id in accounts}
    store = SessionStore()
    for session in Session.objects.iterator() if gone else ():
        if store.decode(session.session_data).get(SESSION_KEY) in gone:
            session.delete()


def _everybody(erasures: Iterable[Erasure]) -> Them:
    """Orders are looked for in every database: a store's pickup names the order only,
    which lies on the other side."""
    asked = {each.customer_id: each.asked_at for each in erasures}
    orders: dict[UUID, UUID] = {}
    for alias in SIDES:
        with connections[alias].cursor() as cursor:
            orders |= wiping.orders_of(cursor, asked)
    return Them(asked, orders)


def _still_known(
    closed: ClosedSide, changed: Mapping[str, tuple[int, Decimal]]
) -> None:
    """What a closed side is known to hold changes by just this much, so that any other
    write there is still seen."""
    for table, (_, difference) in changed.items():
        if table in closed.figures:
            rows, total = closed.figures[table]
            closed.figures[table] = [rows, str(Decimal(total) + difference)]
    closed.save(update_fields=["figures"])


def status() -> dict[str, Any]:
    """{"erased": people's rows, "databases": {alias: {"wiped": erasures done there,
    "left": {table: rows that still name one of them}}}}. Changes nothing."""
    erasures = list(Erasure.objects.all())
    them = _everybody(erasures)
    found = {}
    for alias in SIDES:
        with connections[alias].cursor() as cursor:
            left = wiping.left(cursor, them) if erasures else {}
        found[alias] = {
            "wiped": sum(alias in each.wiped for each in erasures),
            "left": left,
        }
    return {"erased": len(erasures), "databases": found}


def is_finished() -> bool:
    """Whether everybody who asked is wiped in every database."""
    return not Erasure.objects.exclude(wiped__has_keys=list(SIDES)).exists()


def start_replay() -> None:
    """`manage.py erasures replay` in a process of its own."""
    start_as_copier("manage.py", "erasures", "replay", log="erasures.log")
