"""`tickets verify | archive FILE`: exit 0 only if every till's chain is whole."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pos import archive, chain
from pos.archive import Archive
from pos.chain import Chain, Why
from pos.models import Till
from retail.channels import Channel, use_channel

WHYS = {
    Why.NUMBER: "its number does not follow",
    Why.PREVIOUS: "it does not name the ticket before it",
    Why.VERSION: "this version of the chain is not known here",
    Why.HASH: "its text is not what was sealed",
    Why.TEXT: "its text is that of another ticket",
    Why.ROWS: "the tables say something else than its text",
    Why.TIP: "the till's last tickets are missing or others",
}


class Command(BaseCommand):
    help = "Check the chain of every till's tickets, or keep them in a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        verify = acts.add_parser("verify", help="walk each chain; changes nothing")
        verify.add_argument(
            "--archive", type=Path, metavar="FILE", help="of a file, without a database"
        )
        kept = acts.add_parser("archive", help="write all tickets into a new file")
        kept.add_argument("file", type=Path)
        for act in (verify, kept):
            act.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "archive":
            found = written(options["file"])
        elif options["archive"] is not None:
            found = read(options["archive"])
        else:
            found = None
        names: dict[str, str] = {}
        if found is None:
            with use_channel(Channel.POS):
                chains, names = chain.verify(), named()
        else:
            chains = found.chains
        ok = all(each.broken is None for each in chains) and (
            found is None or found.unchanged
        )
        if options["json"]:
            self.stdout.write(json.dumps({"ok": ok, **as_json(chains, found)}))
        else:
            for each in chains:
                self.stdout.write(as_line(each, names.get(each.till, "")))
            if found is not None:
                self.stdout.write(f"made {found.made_at}, seal {found.seal}")
        if not ok:
            raise CommandError(why_not(chains, found))


def written(file: Path) -> Archive:
    try:
        with use_channel(Channel.POS):
            return archive.write(file, at=timezone.now())
    except FileExistsError as error:
        raise CommandError(f"{file} is there already: nothing was written") from error
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error


def read(file: Path) -> Archive:
    try:
        return archive.read(file)
    except archive.NoArchive as error:
        raise CommandError(f"{file} is no whole archive, {error}") from error
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error


def as_json(chains: list[Chain], found: Archive | None) -> dict[str, Any]:
    """`break` is null where a chain is whole."""
    tills = [
        {
            "till": each.till,
            "tickets": each.tickets,
            "last_number": each.last.number,
            "last_hash": each.last.hash,
            "break": None
            if each.broken is None
            else {
                "number": each.broken.number,
                "why": each.broken.why.value,
                "ticket": each.broken.ticket or None,
            },
        }
        for each in chains
    ]
    if found is None:
        return {"tills": tills}
    return {
        "tills": tills,
        "made_at": found.made_at,
        "seal": found.seal,
        "unchanged": found.unchanged,
    }


def named() -> dict[str, str]:
    """{till: its store and number}, as people know it. One query."""
    tills = Till.objects.values_list("id", "location__code", "number")
    return {str(id): f"{code}-{number}" for id, code, number in tills}


def as_line(each: Chain, name: str) -> str:
    said = f"{each.till}  {name:<6} {each.tickets:>6} tickets"
    if each.broken is None:
        return f"{said}  whole, ends with {each.last.hash[:12] or '-'}"
    return (
        f"{said}  BROKEN at {each.broken.number}: {WHYS[each.broken.why]}"
        f" ({each.broken.ticket or 'no ticket'})"
    )


def why_not(chains: list[Chain], found: Archive | None) -> str:
    broken = sum(each.broken is not None for each in chains)
    if found is not None and not found.unchanged:
        return f"the file was changed after it was sealed; {broken} chains are broken"
    return f"{broken} of {len(chains)} chains are broken"
