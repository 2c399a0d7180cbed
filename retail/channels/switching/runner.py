"""The process that works through one switch run: `python -m … RUN`."""

from __future__ import annotations

import os
import sys
from uuid import UUID


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")
    import django

    django.setup()
    from retail.channels.switching.run import execute

    return 0 if execute(UUID(sys.argv[1])) else 3


if __name__ == "__main__":
    sys.exit(main())
