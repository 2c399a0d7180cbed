"""Sweeps over imports."""

from retail.celery import shared_task
from retail.exchange import importing

SECONDS = 8.0  # a task must end within fifteen


@shared_task
def take_up_imports() -> int:
    """Each ten seconds: whatever was confirmed goes on."""
    return importing.take_up(seconds=SECONDS)


@shared_task
def forget_files() -> int:
    """Each hour."""
    return importing.forget()
