"""What a web worker loads before its first request, in a process of its own."""

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
import sys
import retail.wsgi, retail.urls
assert "holidays.countries.france" in sys.modules
print(*sys.modules)
"""


def test_nothing_is_loaded_that_few_requests_need(tmp_path: Path) -> None:
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
