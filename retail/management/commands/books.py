"""`books check`: exit 0 only if every invariant holds on every database asked."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from retail import books
from retail.channels import SIDES


class Command(BaseCommand):
    help = "Check the invariants of the business's books; changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["check"])
        parser.add_argument(
            "--database", metavar="ALIAS", help=f"one of {', '.join(SIDES)}"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        try:
            results = books.check(None if alias is None else [alias])
        except books.UnknownDatabase as error:
            raise CommandError(
                f"no books are kept in {error.alias!r}: choose {', '.join(SIDES)}"
            ) from error
        except books.CheckBroken as error:
            why = str(error.__cause__).strip().splitlines()[0]
            raise CommandError(f"{error} could not be run: {why}") from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(results)))
        else:
            for result in results:
                self.stdout.write(as_line(result))
        broken = sum(not result.holds for result in results)
        if broken:
            raise CommandError(f"{broken} of {len(results)} checks do not hold")


def as_json(results: list[books.Result]) -> dict[str, Any]:
    return {
        "ok": all(result.holds for result in results),
        "checks": [
            {key: value for key, value in asdict(result).items() if key != "first"}
            for result in results
        ],
    }


def as_line(result: books.Result) -> str:
    verdict = "holds" if result.holds else f"{result.rows} rows, as {result.first}"
    return f"{result.id:<4} {result.name:<28} {result.database:<8} {verdict}"
