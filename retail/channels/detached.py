"""Processes that outlive the one that asked for them."""

from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings


def start_as_copier(*arguments: str, log: str) -> None:
    """Python with these arguments, as the role that passes the fence: who serves people
    may not write where such a process has to. Its own session, so that neither Ctrl-C
    nor the end of a web worker stops it. What it says goes to `log` under `var/`."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "RETAIL_DB_ROLE": "copier"}
    environment.pop("RETAIL_POOL", None)
    with (settings.VAR / log).open("ab") as kept:
        subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=kept,
            stderr=kept,
            start_new_session=True,
        )
