"""`import products|prices|stock|customers FILE`: a preview, and the import with --yes.

Exit 0 if every line is good, or left out as asked (and done, where it was to be).
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from inventory.places import Channel
from retail.exchange import importing, words
from retail.exchange.models import Kind, Run, State
from retail.exchange.previewing import preview
from retail.exchange.reading import Unreadable

SHOWN = 20  # problems
SLICE = 5.0  # seconds between two lines of progress
PAUSE = 1.0  # seconds, while the scheduler is at it


class Command(BaseCommand):
    help = "Bring a CSV file in: shows what it would change, changes it with --yes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=Kind.values)
        parser.add_argument("file", type=Path)
        parser.add_argument("--channel", required=True, choices=Channel.values)
        parser.add_argument("--by", default="command", help="who is asked about it")
        parser.add_argument(
            "--yes", action="store_true", help="change what the preview says"
        )
        parser.add_argument(
            "--leave-out",
            action="store_true",
            help="go on without lines that are wrong",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            run = self.read(options)
            if options["yes"] and (options["leave_out"] or not run.wrong):
                self.work(run, quiet=options["json"])
            else:
                importing.abandon(run)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(run)))
        else:
            self.stdout.write(as_line(run))
        refused = run.wrong and not options["leave_out"]
        if refused or run.left_out:
            raise CommandError(
                f"{run.wrong} lines are wrong, {run.left_out} could not be done"
            )

    def read(self, options: dict[str, Any]) -> Run:
        progress = None if options["json"] else self.stderr
        try:
            with options["file"].open("rb") as file:
                run = preview(
                    file,
                    kind=options["kind"],
                    channel=options["channel"],
                    name=options["file"].name,
                    by=options["by"],
                    told=lambda lines: (
                        progress.write(f"{lines} lines read")
                        if progress and lines % 100_000 == 0
                        else None
                    ),
                )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except Unreadable as error:
            told = words.of_file(error.slug, error.number, error.value)
            raise CommandError(told) from error
        for each in run.problems.order_by("number")[:SHOWN]:
            place = f"line {each.number} {each.column}".strip()
            self.stderr.write(f"{place}: {each.value!r} {words.of_line(each.slug)}")
        return run

    def work(self, run: Run, *, quiet: bool) -> None:
        importing.confirm(run)
        while run.state == State.CONFIRMED:
            before = run.done
            importing.work(run, seconds=SLICE)
            if run.state == State.CONFIRMED and run.done == before:
                time.sleep(PAUSE)
            if not quiet:
                self.stderr.write(f"{run.done} of {run.todo} done")
        if run.state == State.ABANDONED:
            raise CommandError(f"given up meanwhile, {run.done} of {run.todo} done")


def as_json(run: Run) -> dict[str, Any]:
    counts = ("lines", "new", "change", "same", "wrong", "done", "left_out")
    return {
        "id": str(run.id),
        "state": run.state,
        "unread": run.unread,
        **{name: getattr(run, name) for name in counts},
    }


def as_line(run: Run) -> str:
    return (
        f"{run.lines} lines: {run.new} new, {run.change} changed, {run.same} as they"
        f" are, {run.wrong} wrong. {run.done} done."
    )
