"""What comes before the house runs: tables, roles, demo data, static files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from retail.embedded import databases, servers

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = ("inventory", "retail", "webshop", "pos")


class Failed(Exception):
    """A step before the start ended badly; it has said why itself."""

    def __init__(self, step: str, status: int) -> None:
        super().__init__(f"{step} failed with status {status}")
        self.step = step
        self.status = status


def migrate(env: dict[str, str]) -> None:
    """Every database, by its owner. Raises Failed."""
    manage("migrate_all", env={**env, "RETAIL_DB_ROLE": "owner"})


def migrate_embedded(place: servers.Servers, *, env: dict[str, str]) -> None:
    """The same, unless a note in the database says that these migrations are done.

    It saves the two seconds that Django takes to find that out.
    """
    key = seal(
        [
            *(
                path
                for room in ROOMS
                for path in PROJECT.glob(f"{room}/**/migrations/*.py")
            ),
            PROJECT / "requirements.txt",
        ]
    )
    url = place.url("retail_default", user=databases.OWNER)
    if databases.noted(url) != key:
        if not any(map(has_tables, sides(place))):
            make_sides(place, env=env)
        migrate(env)
        databases.note(url, key)


def make_sides(place: servers.Servers, *, env: dict[str, str]) -> None:
    """The three sides have the same tables: one is migrated, the others are copies of it,
    which takes no time. What is interrupted, migrating makes good."""
    one = ["--database", "default", "--database", "webshop"]
    manage("migrate_all", *one, env={**env, "RETAIL_DB_ROLE": "owner"})
    url = place.url("retail_default", user=databases.OWNER)
    for name in ("retail_pos", "retail_shared"):
        databases.copy(url, name, template="retail_webshop")


def has_tables(url: str) -> bool:
    return databases.answers_yes(
        url, "select to_regclass('public.django_migrations') is not null"
    )


def lend_roles() -> None:
    """On servers named by URL: make the roles if that login may, else say what lacks."""
    for url in filter(None, map(os.environ.get, servers.URLS[:4])):
        for line in databases.prepare_named(url):
            print(f"Its administrator must still do this: {line}", file=sys.stderr)


def seed_once(var: Path, place: servers.Servers, *, env: dict[str, str]) -> None:
    """The demo's story, unless it is there; one that was interrupted is told anew."""
    begun = var / "seeding"
    told = databases.answers_yes(
        place.url("retail_default", user=databases.OWNER),
        "select exists (select from channels_levelstate where demo)",
    )
    if begun.exists() or not (told or any(map(has_goods, sides(place)))):
        begun.touch()
        print("Seeding the demo: half a minute, only this once")
        # where the two databases first speak: the level that this house exists to show
        first = ["--level", "cross-channel"]
        manage("seed", *first, *(["--fresh"] if told else []), env=env)
        begun.unlink()


def sides(place: servers.Servers) -> list[str]:
    return [
        place.url(f"retail_{side}", user=databases.OWNER)
        for side in ("webshop", "pos", "shared")
    ]


def has_goods(url: str) -> bool:
    """Whether somebody filled this side without the demo: then it stays as it is."""
    return databases.answers_yes(url, "select exists (select from inventory_location)")


def collect_static(var: Path, *, env: dict[str, str]) -> None:
    """Files that browsers fetch, gathered in `var/static` when one has changed."""
    stamp = var / "static.stamp"
    ours = (path for room in ROOMS for path in PROJECT.glob(f"{room}/**/static/**/*"))
    photos = PROJECT.glob("retail/demo/data/photos/**/*")
    key = seal(
        [
            *(path for path in (*ours, *photos) if path.is_file()),
            PROJECT / "retail" / "packing.py",
            PROJECT / "requirements.txt",
            PROJECT / "retail" / "settings.py",
        ]
    )
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != key:
        manage("collectstatic", "--noinput", "--clear", "--verbosity", "0", env=env)
        stamp.write_text(key, encoding="utf-8")


def manage(*arguments: str, env: dict[str, str]) -> None:
    """A command of manage.py. Raises Failed."""
    told = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=PROJECT, env=env, check=False
    )
    if told.returncode:
        raise Failed(f"manage.py {arguments[0]}", told.returncode)


def seal(files: list[Path]) -> str:
    """Changes when one of these files is changed, added or taken away."""
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(f"{path.relative_to(PROJECT)} {path.stat().st_size}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()
