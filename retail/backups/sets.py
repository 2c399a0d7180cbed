"""A set: one file for each database, and a list that says what they are."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

__all__ = ["LIST", "BadSet", "Dump", "Set", "dump_of", "read", "write"]

LIST = "backup.json"
KIND = "retail-backup/1"


class BadSet(Exception):
    """The folder holds no set, or not a whole one."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Dump:
    """A database's file. `migrations` are those that its tables had, by app and name."""

    file: str
    bytes: int
    sha256: str
    migrations: list[str]


@dataclass(frozen=True)
class Set:
    """`made_at` in UTC; `key` tells two secret keys apart and neither of them."""

    made_at: str
    level: str
    key: str
    dumps: dict[str, Dump]


def dump_of(file: Path, *, migrations: list[str]) -> Dump:
    return Dump(file.name, file.stat().st_size, digest(file), migrations)


def digest(file: Path) -> str:
    whole = sha256()
    with file.open("rb") as opened:
        while piece := opened.read(1 << 20):
            whole.update(piece)
    return whole.hexdigest()


def write(folder: Path, made: Set) -> None:
    """The list comes last: without it a folder is no set."""
    text = json.dumps({"kind": KIND, **asdict(made)}, indent=1)
    (folder / LIST).write_text(text + "\n", encoding="utf-8")


def read(folder: Path, aliases: tuple[str, ...]) -> Set:
    """With every file looked through. Raises BadSet."""
    try:
        told = json.loads((folder / LIST).read_text(encoding="utf-8"))
        if told.pop("kind") != KIND:
            raise BadSet(f"{LIST} is of another kind than {KIND}")
        told["dumps"] = {name: Dump(**each) for name, each in told["dumps"].items()}
        found = Set(**told)
    except FileNotFoundError as error:
        raise BadSet(f"no {LIST} is in {folder}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSet(f"{LIST} cannot be read") from error
    if set(found.dumps) != set(aliases):
        raise BadSet(f"a set has {', '.join(aliases)}, not {', '.join(found.dumps)}")
    for dump in found.dumps.values():
        file = folder / Path(dump.file).name
        if not file.is_file() or digest(file) != dump.sha256:
            raise BadSet(f"{dump.file} is missing, or not what was written")
    return found
