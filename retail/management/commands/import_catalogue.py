"""`manage.py import_catalogue`: the whole shipped catalogue into a demo's open sides."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from inventory.places import Channel
from retail import channels
from retail.demo import catalogue, seeding


class Command(BaseCommand):
    help = "Add what the shipped catalogue holds beyond the demo's products."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not seeding.is_demo():
            raise CommandError("this is not a demo: nothing is imported")
        now = timezone.now()
        count = 0
        for channel in Channel:
            with channels.use_channel(channel), channels.atomic():
                count = catalogue.import_rest(channel, now=now)
        total = count + len(catalogue.products())
        if options["json"]:
            self.stdout.write(json.dumps({"imported": count, "products": total}))
            return
        self.stdout.write(f"{count} more products, {total} in all.")
