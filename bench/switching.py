"""`make bench-switch`: a switch there and back, on rows made up, while people write.

    make bench-switch                              ten thousand customers, a minute
    make bench-switch ARGS='--customers 1000000'   and ten million rows of ledgers

Starts servers of its own, fills them, runs cross-channel → omnichannel → cross-channel
by the product's own runner and forgets everything again. Definitions are in
`bench/README.md`. Nothing here passes or fails by a figure.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
VAR = PROJECT / "var" / "bench-switch"
TOLD = PROJECT / "var" / "bench.json"
BYTES = 25_000  # of disk for each customer, all sides and PostgreSQL's log included
SPARE = 8 << 30  # bytes that stay free
LEDGERS = ("retail_loyaltyentry", "inventory_stockmovement")
BIG = LEDGERS[0]
ASKED = 0.2  # seconds between two looks at the run


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-switch", description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--writers", type=int, default=2, help="threads per channel")
    parser.add_argument("--out", type=Path, default=TOLD)
    parser.add_argument(
        "--here", action="store_true", help="in the databases that are named already"
    )
    given = parser.parse_args()
    from bench import accounting

    facts = accounting.machine()
    if given.here:
        measured = measure(given.customers, given.writers, superuser=None)
    else:
        if shutil.disk_usage(PROJECT).free < SPARE + given.customers * BYTES:
            print("not enough room on this disk", file=sys.stderr)
            return 1
        measured = in_a_house(given.customers, given.writers)
    facts["load_after"] = accounting.machine()["load_before"]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    told = keep(given.out, {**measured, "at": at, "machine": facts})
    print(table(told))
    print("machine:", json.dumps(facts, ensure_ascii=False))
    return 1 if any(measured[way]["missing"] for way in ("join", "part")) else 0


def in_a_house(customers: int, writers: int) -> dict[str, Any]:
    """Servers for this alone, forgotten at the end."""
    from retail import starting
    from retail.embedded import servers

    for name in servers.URLS:  # never the databases of the developer's shell
        os.environ.pop(name, None)
    servers.forget(VAR)
    try:
        place = servers.ensure(VAR)
        os.environ.update(RETAIL_VAR=str(VAR), RETAIL_DB_ROLE="app", DEMO="1")
        starting.migrate_embedded(place, env=dict(os.environ))
        return measure(customers, writers, superuser=place.url("", user="postgres"))
    finally:
        servers.forget(VAR)
        shutil.rmtree(VAR, ignore_errors=True)


def measure(customers: int, writers: int, *, superuser: str | None) -> dict[str, Any]:
    """Fill the empty, migrated databases and switch there and back."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")
    import django

    django.setup()
    from bench import generated
    from bench.house import say
    from bench.vacuuming import Vacuum
    from retail.channels.levels import Level
    from retail.channels.routing import route
    from retail.channels.switching import fence

    route(Level.CROSS_CHANNEL, by="bench", why="a measurement")
    fence.settle(("webshop", "pos"))
    say(f"generating {customers} customers")
    began = time.monotonic()
    made = generated.generate(customers)
    found: dict[str, Any] = {
        "customers": made.customers,
        "both": made.both,
        "ledger_rows": made.ledger,
        "generate_s": round(time.monotonic() - began, 1),
    }
    vacuum = Vacuum(superuser, BIG)
    say(f"{made.ledger} rows of ledgers: joining")
    found["join"] = turn(Level.OMNICHANNEL, writers, vacuum)
    say(json.dumps(found))  # an hour's work is not lost when the way back is broken off
    say("parting")
    found["part"] = turn(Level.CROSS_CHANNEL, writers, vacuum)
    return found


def turn(level: str, writers: int, vacuum: Any) -> dict[str, Any]:
    """One switch by the product's runner, with writers and a vacuum going on."""
    from bench.writers import Writers
    from inventory.places import Channel
    from retail.channels.models import RunState, SwitchRun
    from retail.channels.switching import run as running

    shared = dict.fromkeys(Channel, "shared")
    apart = {each: each.value for each in Channel}
    joins = level == "omnichannel"
    old, new = (apart, shared) if joins else (shared, apart)
    people = Writers(old=old, new=new, threads=writers)
    with vacuum.on(sorted(set(old.values()))):
        people.start()
        time.sleep(1.0)
        started = running.start(level, by="bench", why="a measurement")
        while (run := SwitchRun.objects.get(pk=started.pk)).state in (
            RunState.PENDING,
            RunState.RUNNING,
        ):
            time.sleep(ASKED)
        time.sleep(0.5)
        people.stop()
    if run.state != RunState.DONE:
        raise SystemExit(f"the run is {run.state}: {run.error}")
    return {
        **figures(run),
        **{f"writers_{name}": value for name, value in people.told().items()},
        "vacuum_at_close": vacuum.ran_at(run.closed_at),
        "missing": people.missing(),
    }


def figures(run: Any) -> dict[str, Any]:
    """What the run itself wrote down."""
    parts = list(run.parts.all())
    ledgers = [part for part in parts if part.table in LEDGERS]
    seconds = sum(part.seconds for part in parts)
    return {
        "rows": run.rows,
        "rows_per_second": round(run.rows / seconds),
        "ledger_rows_per_second": round(
            sum(part.rows for part in ledgers) / sum(part.seconds for part in ledgers)
        ),
        "total_s": round((run.finished_at - run.started_at).total_seconds(), 1),
        "pause_s": round(run.pause_seconds, 3),
        "steps": {
            step.name: round(step.seconds, 2) for step in run.steps.order_by("place")
        },
    }


def keep(path: Path, measured: dict[str, Any]) -> dict[str, Any]:
    """Beside what was measured before, of other things and at other sizes. Answers all
    sizes."""
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    sizes = told.setdefault("switch", {})
    sizes[str(measured["customers"])] = measured
    path.write_text(
        json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return dict(sorted(sizes.items(), key=lambda each: int(each[0])))


def table(sizes: dict[str, Any]) -> str:
    """A column for each size and way."""
    columns = [
        (size, way, measured[way])
        for size, measured in sizes.items()
        for way in ("join", "part")
        if way in measured
    ]
    lines = [["customers", *(f"{int(size):,}" for size, _, _ in columns)]]
    lines.append(["", *(way for _, way, _ in columns)])
    for name in (
        "rows",
        "rows_per_second",
        "ledger_rows_per_second",
        "total_s",
        "pause_s",
        "writers_pause_s",
        "writers_longest_s",
        "writers_refused",
        "vacuum_at_close",
        "missing",
    ):
        lines += [[name, *(str(found[name]) for _, _, found in columns)]]
    steps = list(dict.fromkeys(s for _, _, found in columns for s in found["steps"]))
    for step in steps:
        told = (str(found["steps"].get(step, "")) for _, _, found in columns)
        lines += [[f"  {step}", *told]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


if __name__ == "__main__":
    sys.exit(main())
