"""A sweep over erasures that a crash or a switch run kept from being finished."""

from retail.celery import shared_task
from retail.customers import erasing


@shared_task
def finish_erasures() -> bool:
    """Each ten minutes. Whether something was left to do; a process of its own does it,
    because a worker may not write where it has to."""
    if erasing.is_finished():
        return False
    erasing.start_replay()
    return True
