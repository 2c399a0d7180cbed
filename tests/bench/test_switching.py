"""The bench of a switch, on few rows: that it runs, and that nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import switching
from tests import cloning, servers
from tests.living import build


@pytest.mark.journey
@pytest.mark.faults
def test_a_switch_there_and_back_on_generated_rows(
    django_db_setup: None, tmp_path: Path
) -> None:
    house = build("cross-channel", seed=False, folder=tmp_path)
    out = tmp_path / "bench.json"
    out.write_text('{"place_order": {}}')
    command = [sys.executable, "-m", "bench.switching", "--here"]
    command += ["--customers", "300", "--writers", "1", "--out", str(out)]
    try:
        ran = subprocess.run(
            command,
            cwd=servers.PROJECT,
            env=house.environment,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        with servers.admin() as admin:
            for alias in servers.ALIASES:
                cloning.drop(admin, house.prefix + alias)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(out.read_text())
    assert "place_order" in told
    measured = told["switch"]["300"]
    assert measured["both"] == 30
    # six entries and four movements each, and no shelf is left without one
    assert measured["ledger_rows"] >= 3_000
    for way in ("join", "part"):
        assert measured[way]["missing"] == 0
        assert measured[way]["rows"] >= measured["ledger_rows"]
        assert measured[way]["steps"].keys() >= {"plan", "copy", "open", "settle"}
    assert switching.table(told["switch"]) in ran.stdout
