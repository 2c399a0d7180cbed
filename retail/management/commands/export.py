"""`export products|prices|stock|customers FILE`: a table of one channel as CSV."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventory.places import Channel
from retail import channels
from retail.exchange.exporting import export, note
from retail.exchange.models import Kind


class Command(BaseCommand):
    help = "Write a table of one channel to a CSV file that `import` reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=Kind.values)
        parser.add_argument("file", type=Path)
        parser.add_argument("--channel", required=True, choices=Channel.values)
        parser.add_argument("--by", default="command", help="who is asked about it")
        parser.add_argument(
            "--language",
            choices=["fr", "en"],
            default="fr",
            help="fr: semicolons and decimal commas; en: commas and points",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        size = 0
        try:
            with (
                channels.use_channel(Channel(options["channel"])),
                options["file"].open("w", encoding="utf-8", newline="") as file,
            ):
                note(options["kind"], channel=options["channel"], by=options["by"])
                for piece in export(
                    options["kind"],
                    channel=options["channel"],
                    dialect=options["language"],
                ):
                    size += file.write(piece)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(options["file"]), "signs": size}))
        else:
            self.stdout.write(f"{options['file']}: {size} signs")
