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
            + _if_role(APP_ROLE, f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM")
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


# Which rows changed while a run copies them. Out of the app's reach, in a schema of its
# own: who could delete here would make a change go unseen.
CAPTURE_FUNCTION = """
CREATE SCHEMA switching;
CREATE TABLE switching.changed_row (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name text NOT NULL,
  row_id uuid NOT NULL
);
CREATE FUNCTION switching.capture() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF tg_op <> 'INSERT' THEN
    INSERT INTO switching.changed_row (table_name, row_id) VALUES (tg_table_name, old.id);
  END IF;
  IF tg_op = 'INSERT' OR (tg_op = 'UPDATE' AND new.id <> old.id) THEN
    INSERT INTO switching.changed_row (table_name, row_id) VALUES (tg_table_name, new.id);
  END IF;
  RETURN NULL;
END $$;
"""


def capturing() -> migrations.RunSQL:
    """The log of changed rows and the function that writes it."""
    return migrations.RunSQL(
        CAPTURE_FUNCTION,
        "DROP SCHEMA IF EXISTS switching CASCADE;",
    )


def captured(tables: Iterable[str]) -> migrations.RunSQL:
    """Log every change of a row's id, while a run has these triggers enabled. They are
    made once and stay: dropping one would stop readers too."""
    up, down = [], []
    for table in tables:
        up.append(
            f"CREATE TRIGGER zz_capture AFTER INSERT OR UPDATE OR DELETE"
            f" ON {table} FOR EACH ROW EXECUTE FUNCTION switching.capture();"
            f"ALTER TABLE {table} DISABLE TRIGGER zz_capture;"
        )
        down.append(f"DROP TRIGGER IF EXISTS zz_capture ON {table};")
    return migrations.RunSQL("\n".join(up), "\n".join(down))


def _if_role(role: str, act: str) -> str:
    # names written in migrations, never given from outside
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
        f" THEN {act} {role}; END IF; END $$;"
    )
