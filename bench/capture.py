"""What a request asks of PostgreSQL: the statements, as its own log tells them.

From them pgbench replays the same work without web server, Django or Python: the raw
baseline. Ids and numbers that are new in each order are computed anew by the script.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from bench.house import House

MARK = "=bench= "
START = re.compile(rf"^{MARK}(\d+) (\S*) LOG:  (?:statement|execute [^:]*): (.*)$")
# with its E where it has signs that a backslash escapes
LITERAL = re.compile(r"E'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'")
# ids are written with and without dashes; 64 digits are a hash
TOKEN = re.compile(
    r"\b(?:[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b"
    r"|\bW-\d{6,}\b"
)
VARIABLE = re.compile(r":(?=[A-Za-z_])")  # `:MI` in a text would be one of pgbench's
SETUP = re.compile(r"(SELECT 1|SELECT set_config\(.*|SET .*|DISCARD ALL|)", re.DOTALL)
Statement = tuple[str, str]  # database, text


def listening(house: House, on: bool) -> None:
    """Every statement into the server's log, or none."""
    with house.admin("postgres") as admin:
        for name, value in (
            ("log_statement", "all"),
            ("log_line_prefix", f"{MARK}%p %d "),
        ):
            change = f"set {name} = '{value}'" if on else f"reset {name}"
            admin.execute(f"alter system {change}")  # type: ignore[call-overload]
        admin.execute("select pg_reload_conf()")
    time.sleep(0.3)  # every backend reads it between two statements


def statements(house: House, act: Callable[[], None]) -> list[Statement]:
    """What `act` made the databases do, in order. Call while listening."""
    log = house.var / "postgres.log"
    begin = log.stat().st_size
    act()  # a statement is in the log before it runs, so before its answer
    with log.open("rb") as file:
        file.seek(begin)
        return parse(file.read().decode("utf-8"))


def parse(log: str) -> list[Statement]:
    found: list[list[str]] = []
    for line in log.splitlines():
        started = START.match(line)
        if started:
            found.append([started[2], started[3]])
        elif line.startswith("\t") and found:
            found[-1][1] += "\n" + line[1:]
    return [(database, text.strip()) for database, text in found]


def business(found: list[Statement], database: str) -> list[str]:
    """Those of one database, without what a new connection or a pool's check asks."""
    return [
        text
        for name, text in found
        if name == database and not SETUP.fullmatch(text.rstrip(";"))
    ]


def fresh_tokens(order: list[str], other: list[str]) -> list[str]:
    """Ids, hashes and numbers of this order that another order of the same goods at
    the same place does not have: what must be new in each replay. Without dashes."""
    elsewhere = {plain(each) for each in TOKEN.findall("\n".join(other))}
    mine = dict.fromkeys(plain(each) for each in TOKEN.findall("\n".join(order)))
    return [each for each in mine if each not in elsewhere]


def plain(token: str) -> str:
    return token if token.startswith("W-") else token.replace("-", "")


def script(order: list[str], fresh: list[str]) -> str:
    """A pgbench script: each run of it is another order. `:base` keeps apart runs of
    pgbench, `:k` counts the orders of one of its clients."""
    places = {token: i for i, token in enumerate(fresh)}
    lines = ["\\set k :k + 1", "\\set n :base + :client_id * 1000000 + :k"]
    lines += [_line(statement, places) for statement in order]
    return "\n".join(lines) + "\n"


def verbatim(statements: list[str]) -> str:
    """A pgbench script of reads."""
    return "".join(_line(text, {}) + "\n" for text in statements)


def _line(statement: str, places: dict[str, int]) -> str:
    text = LITERAL.sub(lambda found: _renewed(found[0], places), statement)
    return text.rstrip(";").replace("\n", " ") + ";"


def _renewed(literal: str, places: dict[str, int]) -> str:
    """The SQL literal, each fresh value in it made from the order's number."""
    opened = "E'" if literal.startswith("E") else "'"

    def new(found: re.Match[str]) -> str:
        token = found[0]
        i = places.get(plain(token))
        return token if i is None else f"' || {expression(i, token)} || {opened}"

    made = TOKEN.sub(new, VARIABLE.sub(f":' || {opened}", literal))
    return literal if made == literal else f"({made})"


def expression(i: int, token: str) -> str:
    """An order's i-th fresh value, the same wherever it is used. Ids keep the head of
    the captured UUIDv7, so that pages of indexes are met as by real ones."""
    number = "to_hex(:n::bigint)"
    if token.startswith("W-"):
        return f"'X-' || {number}"
    if len(token) == 64:
        return f"lpad('{i:x}f' || lpad({number}, 14, '0'), 64, '0')"
    head = plain(token)[:12]
    if "-" in token:
        head = f"{head[:8]}-{head[8:]}-7{i:03x}-8000-"
    else:
        head = f"{head}7{i:03x}8000"
    return f"'{head}' || lpad({number}, 12, '0')"


def write_scripts(folder: Path, name: str, scripts: list[str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for i, text in enumerate(scripts):
        path = folder / f"{name}-{i:03d}.sql"
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
