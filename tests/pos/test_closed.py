"""The till in the pause of a switch: its own JavaScript, in node."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parent / "closed.test.mjs"


def test_a_till_sends_the_same_again_and_says_why() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    told = subprocess.run(
        [node, "--test", "--test-reporter=tap", str(TESTS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": os.environ["PATH"]},
    )
    assert told.returncode == 0, told.stdout + told.stderr
