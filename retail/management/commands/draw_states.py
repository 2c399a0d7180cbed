"""`draw_states`: write docs/states.md from the tables of moves."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from retail.fulfilment.drawing import document


class Command(BaseCommand):
    help = "Write docs/states.md from the tables of moves; reads no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing, say whether it is so"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / "docs" / "states.md"
        wanted = document()
        if page.exists() and page.read_text(encoding="utf-8") == wanted:
            return
        if options["check"]:
            raise CommandError("docs/states.md is old: run manage.py draw_states")
        page.write_text(wanted, encoding="utf-8")
        self.stdout.write(f"Wrote {page.relative_to(settings.BASE_DIR)}")
