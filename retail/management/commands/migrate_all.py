"""Migrate every database in one process: head office's first, then the three sides."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from retail.channels import open_databases
from retail.channels.switching import fence
from retail.channels.switching import run as running


class Command(BaseCommand):
    help = "Migrate all databases; says nothing where nothing is to be done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--database",
            action="append",
            choices=list(connections),
            metavar="ALIAS",
            help="this one alone, as often as there are such (default: all)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for alias in options["database"] or connections:
            executor = MigrationExecutor(connections[alias])
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                self.stdout.write(f"Migrating {alias}")
                call_command("migrate", database=alias, verbosity=0, interactive=False)
        # a table that is new has its fence down: a closed side must not have a gap
        if not options["database"] and running.standing() is None:
            fence.settle(open_databases())
