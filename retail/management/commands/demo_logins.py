"""`manage.py demo_logins`: who may be tried in the demo, with PIN and password."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from retail.demo.people import customers, staff

SHOWN = ("sarah", "ines", "samir", "paul", "bob", "noe")


class Command(BaseCommand):
    help = "Show the demo's people: PINs at the tills, logins at the office."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="everybody")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        people = [row for row in staff() if options["all"] or row["key"] in SHOWN]
        if options["json"]:
            self.stdout.write(json.dumps({"staff": people, "customers": customers()}))
            return
        for row in people:
            office = f", office: {row['login']} / {row['password_hint']}"
            self.stdout.write(
                f"{row['first_name']:8} {row['role']:12} {row['store_code']:4}"
                f" PIN {row['pin']}{office if row['login'] else ''}"
            )
        self.stdout.write(
            f"{customers()[0]['first_name']:8} customer          "
            f" {customers()[0]['email']} (the code is shown on the page)"
        )
