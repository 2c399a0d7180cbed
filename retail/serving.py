"""The web server: granian, its workers forked from a house that is loaded.

    python -m retail.serving --interface wsgi --workers 2 retail.wsgi:application

takes granian's arguments. The workers share the memory of whatever none of them changes, and
one that takes the place of another answers at once (docs/decisions/0026).
"""

from __future__ import annotations

import gc
import multiprocessing

from granian.cli import entrypoint

__all__ = ["load"]


def load() -> None:
    """All that every worker needs. What two processes cannot share is not there yet when it
    ends: no thread, no connection."""
    import retail.wsgi  # noqa: F401

    gc.collect()
    gc.freeze()  # a worker that collected here would write into every page it shares


if __name__ == "__main__":
    if multiprocessing.get_start_method() == "fork":  # else workers load for themselves
        load()
    entrypoint()  # type: ignore[no-untyped-call]
