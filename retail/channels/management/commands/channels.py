"""`manage.py channels`: the dial from the command line.

Exit status 0 only when what was asked holds; refusals are one line.
"""

from __future__ import annotations

import getpass
import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from retail.channels import flipping, status
from retail.channels.levels import Feature, Level
from retail.channels.models import RunState, SwitchRun
from retail.channels.switching import run as running
from retail.channels.switching.preview import preview

LEVELS = [each.value for each in Level if each != Level.CUSTOM]
NO_RUN = "no switch run stands"
RESEEDS = (
    "this is a demo: every order, ticket and customer made by hand is forgotten, and the"
    " same story is seeded again at {level}"
)


class Command(BaseCommand):
    help = "Show and move the dial: levels, features, switch runs."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for name, text in (
            ("status", "where the dial stands"),
            ("resume", "take up the switch run that stands"),
            ("abort", "give the switch run that stands up, and go back"),
            ("history", "who flipped what, newest first"),
        ):
            self.offer(acts, name, text)
        for name, text in (
            ("preview", "what going to LEVEL would do"),
            ("switch", "go to LEVEL"),
        ):
            found = self.offer(acts, name, text)
            found.add_argument("level", choices=LEVELS, metavar="LEVEL")
            if name == "switch":
                found.add_argument("--yes", action="store_true", help="do not ask")
                found.add_argument("--why", default="", help="kept in the history")
        feature = self.offer(acts, "feature", "turn one feature on or off")
        names = [each.value for each in Feature]
        feature.add_argument("name", choices=names, metavar="NAME")
        feature.add_argument("state", choices=["on", "off"])
        feature.add_argument("--store", action="append", metavar="CODE", default=[])
        feature.add_argument("--customers", type=int, metavar="PERCENT")
        feature.add_argument("--why", default="", help="kept in the history")

    def offer(self, acts: Any, name: str, text: str) -> CommandParser:
        found: CommandParser = acts.add_parser(name, help=text)
        found.add_argument("--json", action="store_true", help="answer as JSON")
        return found

    def handle(self, *args: Any, **options: Any) -> None:
        act = getattr(self, f"do_{options['act']}")
        act(options)

    # -- questions

    def do_status(self, options: dict[str, Any]) -> None:
        found = status.status()
        run = running.standing()
        found["run"] = running.told(run) if run else None
        if options["json"]:
            self.answer(found)
            return
        self.stdout.write(f"Level      {found['level']} (epoch {found['epoch']})")
        for name, flag in found["features"].items():
            self.stdout.write(f"  {name:<18} {flag_text(flag)}")
        for channel, alias in found["databases"].items():
            self.stdout.write(f"{channel:<10} is in the database {alias}")
        if run:
            self.stdout.write(f"Run        {run} is {run.state}: {run.error or '…'}")

    def do_preview(self, options: dict[str, Any]) -> None:
        found = preview(options["level"])
        if options["json"]:
            self.answer(found)
            return
        self.stdout.write(f"From {found['from']} to {found['to']}")
        for name, change in found["features"].items():
            self.stdout.write(f"  {name:<18} {'on' if change['after'] else 'off'}")
        if not found["features"]:
            self.stdout.write("  nothing changes")
        if not found["moves_data"]:
            self.stdout.write("No data moves; it holds within a second.")
            return
        if not found["demo"]:
            self.stdout.write(
                "Data moves. These are not a demo's databases: this is refused."
            )
            return
        self.stdout.write(f"Data moves; {RESEEDS.format(level=found['to'])}.")
        for alias, tables in found["lost"].items():
            total = sum(tables.values())
            self.stdout.write(f"  {alias}: {total} rows in {len(tables)} tables")

    def do_history(self, options: dict[str, Any]) -> None:
        found = status.history()
        if options["json"]:
            self.answer({"results": found})
            return
        for each in found:
            self.stdout.write(
                f"{each['at'][:19]}  {each['feature']:<18} {flag_text(each['after']):<20}"
                f" {each['by']}  {each['why']}"
            )

    # -- acts

    def do_feature(self, options: dict[str, Any]) -> None:
        feature = Feature(options["name"])
        percent = options["customers"]
        if percent is not None and not 0 <= percent <= 100:
            raise CommandError("--customers is a share from 0 to 100")
        try:
            flipping.flip(
                feature,
                options["state"] == "on",
                stores=options["store"] or None,
                customers_percent=percent,
                by=whoami(),
                why=options["why"],
            )
        except flipping.NeedsMissing as refusal:
            needs = ", ".join(each.value for each in refusal.missing)
            raise CommandError(f"{refusal.feature.value} needs {needs}") from refusal
        except flipping.NeedsSwitchRun as refusal:
            raise CommandError(
                f"{feature.value} moves data: channels switch LEVEL"
            ) from refusal
        except flipping.NotPilotable as refusal:
            raise CommandError(
                f"{feature.value} is on for all or for nobody"
            ) from refusal
        except flipping.RunStands as refusal:
            raise CommandError("a switch run is under way") from refusal
        self.do_status(options)

    def do_switch(self, options: dict[str, Any]) -> None:
        level, by = Level(options["level"]), whoami()
        try:
            flipping.set_level(level, by=by, why=options["why"])
        except flipping.RunStands as refusal:
            raise CommandError(
                "a switch run stands: channels resume, or channels abort"
            ) from refusal
        except flipping.NeedsSwitchRun:
            self.confirm(level, options)
            self.follow(self.begun(level, by=by, why=options["why"]), options)
            return
        self.do_status(options)

    def begun(self, level: Level, *, by: str, why: str) -> SwitchRun:
        try:
            return running.start(level, by=by, why=why)
        except running.NotADemo as refusal:
            raise CommandError(
                "joining or parting the databases is only possible for a demo's, by"
                " seeding them anew; these are not a demo's"
            ) from refusal
        except running.RunStands as refusal:
            raise CommandError(
                f"run to {refusal.run.to_level} is {refusal.run.state}:"
                " channels resume, or channels abort"
            ) from refusal

    def confirm(self, level: Level, options: dict[str, Any]) -> None:
        if options["yes"]:
            return
        warning = RESEEDS.format(level=level.value)
        if not sys.stdin.isatty():
            raise CommandError(f"{warning}; say --yes")
        if input(f"{warning}. Go on? [y/N] ").strip().lower() not in {"y", "yes"}:
            raise CommandError("nothing was changed")

    def do_resume(self, options: dict[str, Any]) -> None:
        self.follow(self.taken(running.resume), options)

    def do_abort(self, options: dict[str, Any]) -> None:
        run = self.taken(lambda: running.abort(by=whoami()))
        if run.state == RunState.ABORTED:
            self.do_status(options)
            return
        self.follow(run, options)

    def taken(self, act: Any) -> SwitchRun:
        try:
            found: SwitchRun = act()
        except running.NoRunStands as refusal:
            raise CommandError(NO_RUN) from refusal
        except running.RunnerBusy as refusal:
            raise CommandError("a runner is at work on it: see status") from refusal
        return found

    def follow(self, run: SwitchRun, options: dict[str, Any]) -> None:
        """Until the run ended; 0 only if it is done. Ctrl-C stops looking, not the run."""
        shown: set[int] = set()
        dead_since: float | None = None
        while run.state in {RunState.PENDING, RunState.RUNNING, RunState.FAILED}:
            time.sleep(0.2)
            run.refresh_from_db()
            if not options["json"]:
                self.show_new_steps(run, shown)
            if run.state == RunState.FAILED and not running.runner_lives():
                break
            # the runner takes a second or two to start; without one nobody works on
            if running.runner_lives():
                dead_since = None
            else:
                dead_since = dead_since or time.monotonic()
                if time.monotonic() - dead_since > 15:
                    break
        if run.state != RunState.DONE:
            raise CommandError(
                f"the run is {run.state}: {run.error or 'its runner is gone'}."
                " Business stays closed: channels resume, or channels abort"
            )
        self.do_status(options)

    def show_new_steps(self, run: SwitchRun, shown: set[int]) -> None:
        for step in run.steps.order_by("place"):
            if step.seconds is not None and step.place not in shown:
                shown.add(step.place)
                self.stdout.write(
                    f"  {step.place}. {step.name:<8} {step.seconds:6.1f} s  {step.note}"
                )

    def answer(self, found: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))


def flag_text(flag: dict[str, Any]) -> str:
    if not flag["on"]:
        return "off"
    parts = ["on"]
    if flag["stores"] is not None:
        parts.append("in " + ", ".join(flag["stores"]))
    if flag["customers_percent"] is not None:
        parts.append(f"for {flag['customers_percent']} % of customers")
    return " ".join(parts)


def whoami() -> str:
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):
        return "command line"
