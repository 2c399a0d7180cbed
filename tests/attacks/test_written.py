"""The page of attacks names tests that exist."""

import re

from tests.servers import PROJECT

NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_each_test_named_on_the_page_exists() -> None:
    page = (PROJECT / "docs" / "attacks.md").read_text(encoding="utf-8")
    missing = [
        f"{file}::{name}"
        for file, name in NAMED.findall(page)
        if f"def test_{name}(" not in read(file)
    ]
    assert not missing
    lines = [line for line in page.splitlines() if re.match(r"\| A\d", line)]
    assert lines
    assert not [line for line in lines if not NAMED.search(line)]


def read(file: str) -> str:
    path = PROJECT / "tests" / file
    return path.read_text(encoding="utf-8") if path.exists() else ""
