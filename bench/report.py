"""From bursts to figures: `var/bench.json` and the table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from bench.measuring import Burst

Figures = dict[str, Any]


def figures(
    http: Sequence[Burst], *bases: Sequence[Burst], compared: str = "raw"
) -> Figures:
    """Of one operation over all rounds. Rates are medians of the rounds, latencies
    percentiles of all answers, CPU is per operation over everything.

    `bases`: forms of the thing it is compared with; each round counts its best.
    """
    pooled = sorted(each for burst in http for each in burst.latencies)
    count = sum(burst.count for burst in http)
    found: Figures = {
        "ratio": None,
        "per_second": round(median(burst.per_second for burst in http), 1),
        "p50_ms": percentile(pooled, 0.50),
        "p99_ms": percentile(pooled, 0.99),
        "cpu_ms": _cpu(http, "cpu_ms", count),
        "cpu_app_ms": _cpu(http, "app_ms", count),
        "cpu_database_ms": _cpu(http, "database_ms", count),
        "count": count,
    }
    if bases:
        best = [max(b.per_second for b in forms) for forms in zip(*bases, strict=True)]
        ratios = [b.per_second / raw for b, raw in zip(http, best, strict=True)]
        found["ratio"] = round(median(ratios), 3)
        found["ratio_range"] = [round(min(ratios), 3), round(max(ratios), 3)]
        found[f"{compared}_per_second"] = round(median(best), 1)
        found[f"{compared}_cpu_ms"] = round(
            min(_cpu(form, "cpu_ms", sum(b.count for b in form)) for form in bases), 2
        )
    return found


def percentile(ordered: Sequence[float], share: float) -> float:
    """Nearest rank; `ordered` rises and is not empty."""
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


def _cpu(bursts: Sequence[Burst], name: str, count: int) -> float:
    return round(sum(getattr(b, name) * b.count for b in bursts) / count, 2)


def whole(
    measured: dict[str, Figures],
    *,
    memory: Sequence[dict[str, float]],
    machine: dict[str, Any],
    run: dict[str, Any],
) -> dict[str, Any]:
    """What `var/bench.json` holds. Each named operation keeps its keys; variants of it
    (`till_ticket/8`) lie within it by what follows the slash."""
    told: dict[str, Any] = {
        name: dict(found) for name, found in measured.items() if "/" not in name
    }
    for name, found in measured.items():
        main, slash, variant = name.partition("/")
        if slash:
            told[main][variant] = found
    told["memory_mb"] = max(each["rss"] for each in memory)
    told["memory_pss_mb"] = max(each["pss"] for each in memory)
    told["machine"] = machine
    told["run"] = run
    return told


COLUMNS = (
    "",
    "per s",
    "ratio",
    "p50 ms",
    "p99 ms",
    "CPU ms",
    "app",
    "database",
    "against",
)


def table(measured: dict[str, Figures]) -> str:
    rows = [COLUMNS]
    for name, found in measured.items():
        against = next((k for k in found if k.endswith("_per_second")), None)
        rows.append(
            (
                name,
                f"{found['per_second']:.0f}",
                "" if found["ratio"] is None else f"{found['ratio']:.2f}",
                f"{found['p50_ms']:.1f}",
                f"{found['p99_ms']:.1f}",
                f"{found['cpu_ms']:.1f}",
                f"{found['cpu_app_ms']:.1f}",
                f"{found['cpu_database_ms']:.1f}",
                f"{against.removesuffix('_per_second')} {found[against]:.0f}/s,"
                f" {found[against.replace('_per_second', '_cpu_ms')]:.1f} ms"
                if against
                else "",
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i in (0, 8) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
