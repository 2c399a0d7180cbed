"""`backup FOLDER`: all databases as they were at one moment, while people go on."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from retail.backups import taking
from retail.backups.programs import ProgramFailed


class Command(BaseCommand):
    help = "Write a consistent set of all databases into a new folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"].absolute()
        try:
            made = taking.back_up(folder, at=timezone.now())
        except FileExistsError as error:
            raise CommandError(f"{folder} is there already: name a new one") from error
        except taking.RunStands as error:
            raise CommandError(
                "a switch run moves data: back up before it or after it"
            ) from error
        except taking.MailBusy as error:
            raise CommandError(
                "messages or imports are being worked off for too long: try again"
            ) from error
        except taking.TablesBusy as error:
            raise CommandError(
                f"tables of {error.alias} are being emptied or altered, by a switch or a"
                " migration: back up after it"
            ) from error
        except ProgramFailed as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error}") from error
        sizes = {alias: each.bytes for alias, each in made.dumps.items()}
        if options["json"]:
            told = {"folder": str(folder), "level": made.level, "bytes": sizes}
            self.stdout.write(json.dumps(told))
            return
        for alias, size in sizes.items():
            self.stdout.write(f"{alias:<8} {size:>12,} bytes")
        self.stdout.write(f"{folder}, at {made.level}; keep SECRET_KEY elsewhere")
