"""What clients asked and what they were told: the truth that databases are held to.

`ok`: acknowledged. `fail`: refused, so nothing may have happened. `info`: the line was
cut, or the answer was an error of the house: both outcomes are legal until the same id
is asked again and answered.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Line:
    """One act of a client, under its id, however often it was sent (`tries`). Times in
    seconds of the monotonic clock."""

    id: str
    kind: str
    result: str
    said: str
    began: float
    ended: float
    tries: int


@dataclass
class History:
    """Kept in memory and in `file`, a JSON object a line."""

    file: Path
    lines: list[Line] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, line: Line) -> None:
        with self.lock:
            self.lines.append(line)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(line)) + "\n")

    def ids(self, kind: str, *results: str) -> set[str]:
        with self.lock:
            return {
                line.id
                for line in self.lines
                if line.kind == kind and line.result in results
            }

    def counted(self) -> Counter[str]:
        with self.lock:
            return Counter(line.result for line in self.lines)

    def longest(self) -> Line:
        with self.lock:
            return max(self.lines, key=lambda line: line.ended - line.began)
