"""What must hold of the dial itself: which side is open, and that the others are still."""

from __future__ import annotations

from collections.abc import Callable

from retail.channels.models import ClosedSide, RunState, SwitchStep
from retail.channels.roles import copier_connection
from retail.channels.router import SIDES
from retail.channels.snapshot import snapshot
from retail.channels.switching import fence
from retail.channels.switching.hashing import held
from retail.channels.switching.standing import standing

Check = Callable[[], list[str]]


def one_writable_side() -> list[str]:
    """`shared` and `webshop` or `pos` open together, or an open side that the dial does
    not name. While a run stands, its steps say what is open."""
    if standing() is not None:
        return []
    return [alias for alias in filled() if alias not in named() and any_open(alias)]


def fence_is_true() -> list[str]:
    """A table open on a closed side, or closed on an open one. While a run stands only
    the first is asked, of what the dial does not name."""
    if standing() is not None:
        return []
    found = []
    for alias in filled():
        with copier_connection(alias) as connection:
            found += [
                f"{alias} {table}"
                for table, closed in fence.state(connection)
                if closed == (alias in named())
            ]
    return found


def closed_side_still() -> list[str]:
    """A closed side whose rows are not those it was closed with."""
    return [
        f"{side.alias} {table}"
        for side in ClosedSide.objects.all()
        if side.alias not in named() and standing() is None
        for table, figures in held(side.alias).items()
        if side.figures.get(table) != figures
    ]


def steps_in_order() -> list[str]:
    """A step that was done before an earlier one."""
    return [
        f"{step.run_id} {step.name}"
        for step in SwitchStep.objects.filter(state=RunState.DONE)
        if step.run.steps.filter(place__lt=step.place)
        .exclude(state=RunState.DONE)
        .exists()
    ]


CHECKS: dict[str, tuple[str, Check]] = {
    "I39": ("one-writable-side", one_writable_side),
    "I40": ("fence-is-true", fence_is_true),
    "I41": ("closed-side-still", closed_side_still),
    "I46": ("steps-in-order", steps_in_order),
}


def named() -> tuple[str, ...]:
    """The sides that the dial says are open."""
    return ("shared",) if snapshot(fresh=True).shared_database else ("webshop", "pos")


def filled() -> list[str]:
    """Sides that ever held anything: one that is empty endangers nobody."""
    found = []
    for alias in SIDES:
        with copier_connection(alias) as connection:
            row = connection.execute(
                "SELECT EXISTS (SELECT FROM inventory_location)"
            ).fetchone()
            if row and row[0]:
                found.append(alias)
    return found


def any_open(alias: str) -> bool:
    return bool(fence.open_tables(alias))
