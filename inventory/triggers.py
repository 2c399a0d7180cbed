"""Migration operations for what the schema itself must refuse.

One small generator instead of a library: these triggers must hold for every client
(psql, the admin, another program), and the fence must be switched by the owner alone.
"""

from collections.abc import Iterable

from django.db import migrations

APP_ROLE = "retail_app"

# The copier moves rows between databases, with their history; nobody else may edit it.
APPEND_ONLY_FUNCTION = """
CREATE OR REPLACE FUNCTION append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user = 'retail_copier' THEN RETURN NULL; END IF;
  RAISE EXCEPTION '% is append only: % refused', tg_table_name, tg_op
    USING ERRCODE = 'RT002';
END $$;
"""

# Present from the first migration and disabled in peace, where it costs nothing
# measurable. Never SECURITY DEFINER: current_user must be the client's role.
FENCE_FUNCTION = """
CREATE OR REPLACE FUNCTION fence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user = 'retail_copier' THEN RETURN NULL; END IF;
  RAISE EXCEPTION 'this side is closed (%)', tg_table_name USING ERRCODE = 'RT001';
END $$;
"""


def functions() -> migrations.RunSQL:
    return migrations.RunSQL(
        APPEND_ONLY_FUNCTION + FENCE_FUNCTION,
        "DROP FUNCTION IF EXISTS append_only_refuse();"
        "DROP FUNCTION IF EXISTS fence_refuse();",
    )


def append_only(tables: Iterable[str]) -> migrations.RunSQL:
    """UPDATE, DELETE and TRUNCATE refused for every client but the copier."""
    up, down = [], []
    for table in tables:
        up.append(
            f"CREATE TRIGGER ab_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse();"
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER ab_append_only;"
            + _if_role(APP_ROLE, f"REVOKE UPDATE, DELETE, TRUNCATE ON {table}")
        )
        down.append(f"DROP TRIGGER IF EXISTS ab_append_only ON {table};")
    return migrations.RunSQL("\n".join(up), "\n".join(down))


def fenced(tables: Iterable[str]) -> migrations.RunSQL:
    """The fence of a closed side, disabled until a switch closes it."""
    up, down = [], []
    for table in tables:
        up.append(
            f"CREATE TRIGGER aa_fence BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE"
            f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION fence_refuse();"
            f"ALTER TABLE {table} DISABLE TRIGGER aa_fence;"
        )
        down.append(f"DROP TRIGGER IF EXISTS aa_fence ON {table};")
    return migrations.RunSQL("\n".join(up), "\n".join(down))


def _if_role(role: str, revoke: str) -> str:
    # names written in migrations, never given from outside
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"  # noqa: S608
        f" THEN {revoke} FROM {role}; END IF; END $$;"
    )
