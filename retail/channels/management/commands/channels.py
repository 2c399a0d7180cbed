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
from retail.channels.management.lines import flag_text, how_it_ended, show_progress
from retail.channels.models import STANDING, RunState, SwitchRun
from retail.channels.router import SIDES
from retail.channels.switching import rekeying, retiring
from retail.channels.switching import run as running
from retail.channels.switching.preview import open_pickups, preview

LEVELS = [each.value for each in Level if each != Level.CUSTOM]
NO_RUN = "no switch run stands"
LOOK_SECONDS = 0.2
RUNNER_STARTS_WITHIN = 20.0  # seconds


class Command(BaseCommand):
    help = "Show and move the dial: levels, features, switch runs."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for name, text in (
            ("status", "where the dial stands"),
            ("resume", "take up the switch run that stands"),
            ("abort", "give the switch run that stands up, and go back"),
            ("history", "switch runs, and who flipped what, newest first"),
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
        retired = self.offer(acts, "retire", "forget the rows of a closed database")
        retired.add_argument("database", choices=SIDES, metavar="DATABASE")
        retired.add_argument("--yes", action="store_true", help="do not ask")
        self.offer(acts, "rekey", "give store rows whose ids the web has too new ones")
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
        found["open_pickups"] = open_pickups()
        if options["json"]:
            self.answer(found)
            return
        self.stdout.write(f"Level      {found['level']} (epoch {found['epoch']})")
        for name, flag in found["features"].items():
            self.stdout.write(f"  {name:<18} {flag_text(flag)}")
        for channel, alias in found["databases"].items():
            self.stdout.write(f"{channel:<10} is in the database {alias}")
        known = found["open_pickups"] is not None
        self.stdout.write(f"Pickups    {found['open_pickups'] if known else '?'} open")
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
        self.show_moves(found)
        for block in found["blocks"]:
            self.stdout.write(f"Blocked by {block['slug']}: {block['says']}")

    def show_moves(self, found: dict[str, Any]) -> None:
        for alias, tables in found["rows"].items():
            total = sum(tables.values())
            self.stdout.write(f"Moves {total} rows of {len(tables)} tables in {alias}")
        for name, number in found["joined"].items():
            self.stdout.write(f"  {name.replace('_', ' '):<22}{number:>9}")
        known = found["customers"]
        if known:
            certain = sum(known["certain"].values())
            self.stdout.write(
                f"Customers known twice: {certain} certainly, {known['scored']} by all"
                f" that is known, {known['doubts']} in doubt"
            )
        will = found["estimate"]
        if will:
            self.stdout.write(
                f"About {will['seconds']} s, writers wait about"
                f" {will['pause_seconds']} s ({will['measured_on']})"
            )

    def do_history(self, options: dict[str, Any]) -> None:
        found = status.history()
        if options["json"]:
            runs = SwitchRun.objects.order_by("-started_at")[:50]
            told = [running.told(run) for run in runs]
            self.answer({"results": found, "runs": told})
            return
        for run in SwitchRun.objects.order_by("-started_at")[:20]:
            waited = run.pause_seconds
            self.stdout.write(
                f"{run.started_at:%Y-%m-%d %H:%M:%S}  {run} {run.state}, {run.rows} rows"
                + (f", writers waited {waited:.2f} s" if waited is not None else "")
                + f"  {run.by}  {run.why}"
            )
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
        except running.RunStands as refusal:
            raise CommandError(
                f"run to {refusal.run.to_level} is {refusal.run.state}:"
                " channels resume, or channels abort"
            ) from refusal

    def confirm(self, level: Level, options: dict[str, Any]) -> None:
        if options["yes"]:
            return
        if sys.stdin.isatty() and not options["json"]:
            self.show_moves(preview(level))
        self.ask(f"Both channels' rows are moved for {level.value}")

    def ask(self, consequence: str) -> None:
        if not sys.stdin.isatty():
            raise CommandError(f"{consequence}; say --yes")
        if input(f"{consequence}. Go on? [y/N] ").strip().lower() not in {"y", "yes"}:
            raise CommandError("nothing was changed")

    def do_resume(self, options: dict[str, Any]) -> None:
        self.follow(self.taken(running.resume), options)

    def do_abort(self, options: dict[str, Any]) -> None:
        run = self.taken(lambda: running.abort(by=whoami()))
        self.follow(run, options, wanted=RunState.ABORTED)

    def do_retire(self, options: dict[str, Any]) -> None:
        alias = options["database"]
        if not options["yes"]:
            self.ask(f"Every row that only {alias} has is forgotten")
        try:
            rows = retiring.retire(alias)
        except retiring.InUse as refusal:
            raise CommandError(f"{alias} is in use: {refusal}") from refusal
        if options["json"]:
            self.answer({"database": alias, "rows": rows})
        else:
            self.stdout.write(f"{alias}: {rows} rows forgotten")

    def do_rekey(self, options: dict[str, Any]) -> None:
        try:
            found = rekeying.rekey()
        except rekeying.NotApart as refusal:
            raise CommandError(
                "the databases are not apart, or a run stands"
            ) from refusal
        if options["json"]:
            self.answer({"rekeyed": found})
        else:
            for table, ids in found.items():
                self.stdout.write(f"{table}: {ids} ids")
            self.stdout.write(f"{sum(found.values())} rows have a new id")

    def taken(self, act: Any) -> SwitchRun:
        try:
            found: SwitchRun = act()
        except running.NoRunStands as refusal:
            raise CommandError(NO_RUN) from refusal
        except running.RunnerBusy as refusal:
            raise CommandError("a runner is at work on it: see status") from refusal
        except running.TooLate as refusal:
            raise CommandError(
                "the new side is open already: resume it, then switch back"
            ) from refusal
        return found

    def follow(
        self,
        run: SwitchRun,
        options: dict[str, Any],
        *,
        wanted: RunState = RunState.DONE,
    ) -> None:
        """Until the run ended; 0 only if as wanted. Ctrl-C stops looking, not the run."""
        shown: set[int] = set()
        alone_since: float | None = None
        while run.state in STANDING:
            time.sleep(LOOK_SECONDS)
            run.refresh_from_db()
            if not options["json"]:
                show_progress(run, shown, self.stdout)
            # the runner takes a second or two to start; without one nobody works on
            if running.runner_lives():
                alone_since = None
                continue
            alone_since = alone_since or time.monotonic()
            patience = 1.0 if run.state == RunState.FAILED else RUNNER_STARTS_WITHIN
            if time.monotonic() - alone_since > patience:
                break
        if run.state != wanted:
            raise CommandError(how_it_ended(run))
        self.do_status(options)

    def answer(self, found: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))


def whoami() -> str:
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):
        return "command line"
