#!/usr/bin/env python
"""Django's command line, with one-line errors where the installation is not ready."""

import os
import sys

# These read no row, so they run on a machine without servers.
NEED_NO_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "help",
    "makemigrations",
    "makemessages",
    "spectacular",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")
    if len(sys.argv) < 2 or sys.argv[1] in NEED_NO_DATABASE:
        os.environ.setdefault("RETAIL_NO_DATABASE", "1")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as refusal:
        sys.exit(f"manage.py: {refusal}")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"manage.py: {str(error).strip().splitlines()[0]}")


if __name__ == "__main__":
    main()
