"""`manage.py seed`: fills empty demo databases with the demo's story."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from retail import channels
from retail.channels.models import ClosedSide
from retail.channels.routing import route
from retail.channels.switching import fence
from retail.channels.switching import run as running
from retail.demo import seeding


class Command(BaseCommand):
    help = "Seed the demo: real products, 22 stores, people and what they did."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fresh", action="store_true", help="forget the demo first"
        )
        parser.add_argument(
            "--level",
            choices=[
                each.value for each in channels.Level if each != channels.Level.CUSTOM
            ],
            help="where the dial shall stand (default: where it stands)",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or seeding.is_demo()):
            raise CommandError("this is not a demo (DEMO=1): nothing is seeded")
        try:
            seeded = self._seed(options)
        except seeding.NotADemo as error:
            raise CommandError(
                "these databases have rows already; --fresh forgets a demo's, and"
                " only a demo's"
            ) from error
        except running.RunStands as error:
            raise CommandError(
                "a switch run stands: channels resume, or channels abort"
            ) from error
        if options["json"]:
            answer = {
                "level": seeded.level,
                "acts": seeded.acts,
                "refused": [
                    {"act": key, "reason": reason} for key, reason in seeded.refused
                ],
                "seconds": round(seeded.seconds, 1),
            }
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(
            f"Seeded at {seeded.level}: {seeded.acts} acts in {seeded.seconds:.1f} s,"
            f" {len(seeded.refused)} of them refused by the level."
        )

    def _seed(self, options: dict[str, Any]) -> seeding.Seeded:
        """Raises NotADemo, RunStands."""
        run = running.standing()
        if run is not None:
            raise running.RunStands(run)
        if options["fresh"] and not seeding.all_empty():
            for alias in channels.SIDES:
                seeding.empty(alias)
            ClosedSide.objects.all().delete()
        elif not seeding.all_empty():
            raise seeding.NotADemo
        if options["level"]:
            route(options["level"], by="seed", why="")
        # first: migrating left the sides open that the dial named then
        fence.settle(channels.open_databases())
        return seeding.seed()
