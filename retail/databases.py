"""Where the four databases and Redis are: named by URL, or embedded under `var/`.

Read by the settings before Django is there. A process takes its role by RETAIL_DB_ROLE:
`app` (serves people), `owner` (migrates, closes and opens sides) or `copier`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from retail.binding import Cursor

HEAD_OFFICE = "default"
SIDES = ("webshop", "pos", "shared")
ALIASES = (HEAD_OFFICE, *SIDES)
ROLES = ("app", "owner", "copier")

# A request that waits longer is answered 503 instead of piling up.
APP_LIMITS = (
    ("lock_timeout", "5s"),
    ("statement_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "60s"),
)


def var_folder(project: Path) -> Path:
    return Path(os.environ.get("RETAIL_VAR") or project / "var").resolve()


def role() -> str:
    given = os.environ.get("RETAIL_DB_ROLE") or "app"
    if given not in ROLES:
        raise ImproperlyConfigured(
            f"RETAIL_DB_ROLE is {given!r}; it may be {', '.join(ROLES)}"
        )
    return given


def url_variable(alias: str) -> str:
    return "DATABASE_URL" if alias == HEAD_OFFICE else f"{alias.upper()}_DATABASE_URL"


def databases(var: Path) -> dict[str, dict[str, Any]]:
    """Django's DATABASES. Raises ImproperlyConfigured when nothing says where they are.

    With RETAIL_NO_DATABASE=1 (commands that read no row) places that nothing answers
    at stand in for what is not known.
    """
    missing = [each for each in ALIASES if not os.environ.get(url_variable(each))]
    port = embedded_port(var, "postgres")
    if missing and port is None:
        if os.environ.get("RETAIL_NO_DATABASE") != "1":
            raise ImproperlyConfigured(
                f"no database: set {', '.join(map(url_variable, missing))},"
                " or start the embedded servers (make run)"
            )
        port = 1
    return {alias: database(alias, port=port) for alias in ALIASES}


def database(alias: str, *, port: int | None) -> dict[str, Any]:
    acting = role()
    given = os.environ.get(url_variable(alias))
    options: dict[str, Any] = {"connect_timeout": 5}
    if os.environ.get("RETAIL_PREPARE") != "0":
        options |= {"server_side_binding": True, "cursor_factory": Cursor}
        # what a connection asks for the sixth time is planned and then kept
        options["prepare_threshold"] = 5
    asked = list(APP_LIMITS) if acting == "app" else []
    if given:
        url = urlsplit(given)
        if url.scheme not in {"postgres", "postgresql"} or not url.path.strip("/"):
            raise ImproperlyConfigured(
                f"{url_variable(alias)} must look like"
                " postgresql://user:password@host:5432/name"
            )
        place = {
            "NAME": unquote(url.path.strip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": str(url.port or 5432),
        }
        options |= dict(parse_qsl(url.query))
        if not place["USER"].startswith("retail_"):
            asked.append(("role", f"retail_{acting}"))
    else:
        prefix = os.environ.get("RETAIL_DB_PREFIX") or "retail_"
        place = {
            "NAME": f"{prefix}{alias}",
            "USER": f"retail_{acting}",
            "PASSWORD": "",
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
    set_at_start = " ".join(f"-c {name}={value}" for name, value in asked)
    options["options"] = f"{options.get('options', '')} {set_at_start}".strip()
    if os.environ.get("RETAIL_POOL") == "1":
        # Web processes only: a forked Celery child would share its parent's sockets.
        # The pool's own first retry waits a second: less than 3 s would defeat it.
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 3}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **place,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        # A request writes one side; a transaction around it would open all four.
        "ATOMIC_REQUESTS": False,
        # else every alias waits for `default` and a test of one side cannot be run
        "TEST": {"DEPENDENCIES": []},
    }


def redis_url(var: Path) -> str:
    given = os.environ.get("REDIS_URL")
    if given:
        return given
    port = embedded_port(var, "redis")
    if port is None:
        if os.environ.get("RETAIL_NO_DATABASE") == "1":
            return "redis://127.0.0.1:1/0"
        raise ImproperlyConfigured(
            "no Redis: set REDIS_URL, or start the embedded servers (make run)"
        )
    return f"redis://127.0.0.1:{port}/0"


def embedded_port(var: Path, server: str) -> int | None:
    """The port `var/servers.json` tells, None when no server was ever started there."""
    try:
        told = json.loads((var / "servers.json").read_text(encoding="utf-8"))
        return int(told[server]["port"])
    except (FileNotFoundError, KeyError):
        return None
