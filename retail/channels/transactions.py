"""The only lines that open a transaction: each names the database it acts on.

Django's own `atomic` and `on_commit` mean `default` when nobody says otherwise, which
here is the wrong one for every business row.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.db import transaction

from retail.channels.context import current
from retail.channels.crashing import crash_point
from retail.channels.router import HEAD_OFFICE


def atomic(*, savepoint: bool = True) -> AbstractContextManager[None]:
    """A transaction on the context's database. One use case writes one database."""
    return transaction.atomic(using=current().database, savepoint=savepoint)


def on_commit(effect: Callable[[], None]) -> None:
    """Run after the context's transaction commits: to ring a bell, never for what must
    happen. Its failure is logged and changes nothing, because the rows are committed."""

    def after() -> None:
        crash_point("before_on_commit")
        effect()

    transaction.on_commit(after, using=current().database, robust=True)


def head_office_atomic() -> AbstractContextManager[None]:
    """A transaction on head office's database: people, keys, the dial itself."""
    return transaction.atomic(using=HEAD_OFFICE)


def head_office_on_commit(effect: Callable[[], None]) -> None:
    transaction.on_commit(effect, using=HEAD_OFFICE, robust=True)
