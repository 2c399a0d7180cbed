"""Migrate every database in one process: default first, then the three sides."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from retail.embedded.databases import Connection, open_tables


def psycopg_of(connection: BaseDatabaseWrapper) -> Connection:
    """The plain connection below Django's, as the embedded servers' code wants it."""
    connection.ensure_connection()
    plain: Connection = connection.connection
    return plain


class Command(BaseCommand):
    help = "Migrate all databases; says nothing where nothing is to be done."

    def handle(self, *args: Any, **options: Any) -> None:
        for alias in connections:
            executor = MigrationExecutor(connections[alias])
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                self.stdout.write(f"Migrating {alias}")
                open_tables(psycopg_of(connections[alias]))
                call_command("migrate", database=alias, verbosity=0, interactive=False)
