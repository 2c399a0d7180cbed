"""What the application's and the copier's roles may do with which table.

Tables belong to `retail_owner`. Grants are renewed after every migration, because a new
table has none: this is idempotent and takes milliseconds.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connections

OWNER, APP, COPIER = "retail_owner", "retail_app", "retail_copier"


def ensure_grants(alias: str) -> None:
    """Run as the owner."""
    with connections[alias].cursor() as cursor:
        grant(cursor)


def grant(cursor: Any) -> None:
    """By the owner's cursor, Django's or not. Append-only tables are known by their
    trigger."""
    cursor.execute(
        f"""
        GRANT USAGE ON SCHEMA public TO {APP}, {COPIER};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public
            TO {APP}, {COPIER};
        GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {COPIER};
        GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public
            TO {APP}, {COPIER};
        """
    )
    cursor.execute("SELECT to_regnamespace('switching') IS NOT NULL")
    if cursor.fetchone()[0]:
        cursor.execute(
            f"""
            GRANT USAGE ON SCHEMA switching TO {COPIER};
            GRANT SELECT, DELETE ON switching.changed_row TO {COPIER};
            """
        )
    cursor.execute(
        """
        SELECT quote_ident(c.relname) FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        WHERE t.tgname = 'ab_append_only'
          AND c.relnamespace = 'public'::regnamespace
        """
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}")


def after_migrate(using: str, **_: Any) -> None:
    """Django's own hook at the end of `migrate`. The application's role owns nothing
    and so has nothing to grant."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] in {APP, COPIER}:
            return
    ensure_grants(using)


def owner_connection(alias: str) -> psycopg.Connection:
    """A side as the role that owns its tables: for what the application may not do.
    One transaction, committed when the block ends."""
    return connection_as(OWNER, alias)


def copier_connection(alias: str) -> psycopg.Connection:
    """A side as the role that the fence lets pass. One transaction, like the owner's."""
    return connection_as(COPIER, alias)


def connection_as(role: str, alias: str) -> psycopg.Connection:
    place = connections[alias].settings_dict
    login, asked = place["USER"], f"-c role={role}"
    if login.startswith("retail_"):
        login, asked = role, ""
    return psycopg.connect(
        host=place["HOST"],
        port=place["PORT"],
        dbname=place["NAME"],
        user=login,
        password=place["PASSWORD"] or None,
        options=asked,
    )
