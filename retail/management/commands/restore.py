"""`restore FOLDER --yes`: a set back, in place of everything that the databases hold."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from retail.backups import restoring, taking
from retail.backups.programs import ProgramFailed
from retail.backups.sets import BadSet, Set
from retail.staff.tokens import hash_of

NEXT = """\
Before you open:
  RETAIL_DB_ROLE=owner manage.py migrate_all     (where the product is newer than the set)
  RETAIL_DB_ROLE=copier manage.py erasures replay
  manage.py books check
Everybody is signed out. Who or what was ended since the set was made is back: end again
the keys, the tills' devices and the people concerned."""
OTHER_KEY = (
    "This SECRET_KEY is not the one the set was made with: codes of open pickups, and keys"
    " of tills and other systems, are worthless."
)


class Command(BaseCommand):
    help = "Put a backup back. Everything the databases hold now is lost."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--yes", action="store_true", help="lose what is there now")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"].absolute()
        given = looked_at(folder)
        if not options["yes"] and any(restoring.held().values()):
            raise CommandError(
                f"the set of {given.made_at} is whole. The databases are not empty:"
                " with --yes all they hold is lost for it"
            )
        try:
            restoring.read_through(folder, given)
        except ProgramFailed as error:
            raise CommandError(f"{error}. Nothing was changed") from error
        try:
            restoring.put_back(folder, given)
        except restoring.InUse as error:
            raise CommandError(
                f"{error.alias} is in use ({error.others} connections): stop every"
                " process of the house first; nothing was changed"
            ) from error
        except ProgramFailed as error:
            raise CommandError(
                f"{error}. The databases are not whole: restore again"
            ) from error
        same = given.key == hash_of(taking.WHOSE)[:12]
        if options["json"]:
            told = {"made_at": given.made_at, "level": given.level, "same_key": same}
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"As of {given.made_at}, at {given.level}.")
        if not same:
            self.stdout.write(OTHER_KEY)
        self.stdout.write(NEXT)


def looked_at(folder: Path) -> Set:
    try:
        return restoring.seen(folder)
    except BadSet as error:
        raise CommandError(f"{folder} is no whole backup: {error.why}") from error
    except restoring.TooNew as error:
        raise CommandError(
            f"the set is of a newer version: {error.migration} is not known here"
        ) from error
