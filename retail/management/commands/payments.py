"""`payments reconcile`: exit 0 only if our books and each provider's agree."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from retail.channels import Channel, use_channel
from retail.payments.reconciling import LOOKS_BACK, Report, reconcile


class Command(BaseCommand):
    help = "Compare payments with the providers' lists, and put right what is safe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["reconcile"])
        parser.add_argument("--days", type=int, default=LOOKS_BACK.days)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with use_channel(Channel.WEBSHOP):
            report = reconcile(timezone.now(), since=timedelta(days=options["days"]))
        if options["json"]:
            self.stdout.write(json.dumps(as_json(report), default=str))
        else:
            for line in as_lines(report):
                self.stdout.write(line)
        if report.away:
            raise CommandError(f"no answer from {', '.join(report.away)}")
        if report.differences:
            raise CommandError(f"{len(report.differences)} payments differ")


def as_json(report: Report) -> dict[str, Any]:
    return {"ok": not (report.differences or report.away), **asdict(report)}


def as_lines(report: Report) -> list[str]:
    return [
        f"{report.compared} payments compared",
        *(f"{id} put right: {what}" for id, what in report.healed.items()),
        *(
            f"{each.payment_id} {each.order_number or '-'} {each.kind}:"
            f" ours {each.ours}, theirs {each.theirs}"
            for each in report.differences
        ),
    ]
