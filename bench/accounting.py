"""What processes cost, from the kernel's own accounting: neighbours' load drops out."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_ms(pids: list[int]) -> float:
    """User and system time of these processes and of their children that have ended.

    Counted in ticks of 10 ms. A backend that ends moves its time to the postmaster's
    children's, so a sum over a server stays whole.
    """
    ticks = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):  # ended just now
            continue
        fields = text.rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))  # utime stime cutime cstime
    return ticks * 1000 / TICKS


def memory_mb(pid: int) -> dict[str, float]:
    """Resident and proportional size in MB (10^6 bytes)."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name in {"Rss", "Pss"}:
            sizes[name.lower()] = round(int(value.split()[0]) * 1024 / 1e6, 1)
    return sizes


def machine() -> dict[str, Any]:
    """What a reader must know before comparing figures."""
    facts: dict[str, str] = {}
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": facts.get("model name", platform.machine()),
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "django": version("django"),
        "psycopg": version("psycopg"),
        "granian": version("granian"),
        "load_before": round(os.getloadavg()[0], 1),
    }
