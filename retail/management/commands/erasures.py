"""`erasures replay | status | erase ID`: exit 0 only if nobody erased is named any more."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from retail import channels
from retail.customers import erasing
from retail.customers.models import Customer


class Command(BaseCommand):
    help = "Who asked to be erased, and whether every database has forgotten them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for name, what in (
            ("status", "what is left of them, in each database; changes nothing"),
            ("replay", "wipe them again everywhere, as the copier (RETAIL_DB_ROLE)"),
        ):
            act = acts.add_parser(name, help=what)
            act.add_argument("--json", action="store_true")
        act = acts.add_parser("erase", help="wipe a customer who asked in person")
        act.add_argument("customer", type=UUID, help="the id of one of their rows")
        act.add_argument("--channel", required=True, choices=list(channels.Channel))
        act.add_argument("--by", required=True, help="who was asked")
        act.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "erase":
            erase(options["customer"], options["channel"], by=options["by"])
        if options["act"] in {"replay", "erase"}:
            try:
                erasing.replay_all()
            except erasing.Closing as error:
                raise CommandError(
                    f"a switch run closes {error}: it replays erasures itself"
                ) from error
        found = erasing.status()
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            for line in lines(found):
                self.stdout.write(line)
        if any(side["left"] for side in found["databases"].values()):
            raise CommandError("somebody who was erased is still named")


def erase(id: UUID, channel: str, *, by: str) -> None:
    with channels.use_channel(channels.Channel(channel)):
        customer = Customer.objects.filter(id=id).first()
        if customer is None:
            raise CommandError(f"{channel} knows no customer {id}")
        try:
            erasing.erase(customer, by=by)
        except erasing.StillOpen as error:
            raise CommandError(f"still open: {error}") from error


def lines(found: dict[str, Any]) -> list[str]:
    told = [f"erased: {found['erased']}"]
    for alias, side in found["databases"].items():
        left = ", ".join(f"{table} {rows}" for table, rows in side["left"].items())
        told.append(f"{alias:<8} wiped: {side['wiped']}  left: {left or 'nothing'}")
    return told
