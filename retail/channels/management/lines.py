"""How the dial's command writes what it finds: one line each."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import OutputWrapper

from retail.channels.models import RunState, SwitchRun

WIDTH = 30  # of a bar


def show_progress(run: SwitchRun, shown: set[int], out: OutputWrapper) -> None:
    """A line per ended step, once; on a terminal a bar for the one under way."""
    bar = sys.stdout.isatty()
    clear = "\r\033[K" if bar else ""
    for step in run.steps.order_by("place"):
        if step.seconds is not None and step.place not in shown:
            shown.add(step.place)
            out.write(
                f"{clear}  {step.place:>2}. {step.name:<12} {step.seconds:6.1f} s"
                f"  {step.note}"
            )
        elif bar and step.state == RunState.RUNNING:
            done = round(step.share * WIDTH)
            out.write(
                f"{clear}  {step.place:>2}. {step.name:<12}"
                f" [{'█' * done}{'·' * (WIDTH - done)}] {step.share:4.0%}",
                ending="",
            )
            out.flush()


def flag_text(flag: dict[str, Any]) -> str:
    if not flag["on"]:
        return "off"
    parts = ["on"]
    if flag["stores"] is not None:
        parts.append("in " + ", ".join(flag["stores"]))
    if flag["customers_percent"] is not None:
        parts.append(f"for {flag['customers_percent']} % of customers")
    return " ".join(parts)


def how_it_ended(run: SwitchRun) -> str:
    """Why a run did not end as it was asked to, and what can be done."""
    if run.state == RunState.DONE:
        return "the run was done before it could be given up"
    if run.state == RunState.ABORTED:
        return f"given up, the old side is open: {run.error}"
    return (
        f"the run is {run.state}: {run.error or 'its runner is gone'}."
        " channels resume, or channels abort"
    )
