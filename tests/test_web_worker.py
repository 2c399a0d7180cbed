"""What web workers are forked from, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# What few requests need, or none: loaded by whoever does (`bench/README.md`, memory).
LEFT_TO_FEW = {
    "celery",
    "holidays.countries.germany",
    "kombu",
    "pytest",
    "rapidfuzz",
    "requests",
    "stripe",
    "typst",
}
LOAD = """
import sys, threading
from retail import serving
serving.load()
from django.db import connections
assert threading.active_count() == 1
assert not [each.connection for each in connections.all() if each.connection]
assert {"holidays.countries.france", "retail.urls"} <= sys.modules.keys()
print(*sys.modules)
"""


def test_only_what_most_requests_need_and_nothing_open(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "RETAIL_NO_DATABASE": "1",
        "RETAIL_VAR": str(tmp_path),
    }
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD],
        cwd=Path(__file__).resolve().parents[1],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()
    assert LEFT_TO_FEW.intersection(loaded) == set()
