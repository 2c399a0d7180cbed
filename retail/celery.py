"""Celery: the doorbell, not the mailbox. Nothing of value lives in its queue.

A task carries its channel in a header, never a database or a level; the worker pins a
fresh context for it. Sweeps name no channel and loop over `open_databases()`.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task, shared_task
from celery.signals import worker_process_init

from retail.logs import about

# Rooms take `shared_task` from here, so that their tasks find this app. Nothing else
# imports it: a web worker rings no task, and Celery would be 6 MB of it.
__all__ = ["ChannelTask", "app", "shared_task"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")


class ChannelTask(Task):  # type: ignore[type-arg]
    """Pins the channel of its header around the task's body; rests while a switch run
    keeps business closed."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from retail.channels import Channel, use_channel, use_snapshot
        from retail.channels.crashing import crash_point

        told = (self.request.headers or {}).get("channel") or self.request.get(
            "channel"
        )
        with about(task=self.name, channel=told), use_snapshot(fresh=True) as pinned:
            if pinned.moving:
                return None  # the next sweep finds the work when business opens again
            if told is None:
                done = self.run(*args, **kwargs)
            else:
                with use_channel(Channel(told)):
                    done = self.run(*args, **kwargs)
        crash_point("after_effect_before_ack")
        return done


app = Celery("retail", task_cls=ChannelTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        *("retail.orders", "retail.fulfilment", "retail.customers"),
        *("retail.alerts", "retail.notices", "retail.exchange"),
        *("retail.payments", "retail.bank", "retail.messages"),
    ]
)


@worker_process_init.connect
def forget_parents_connections(**_: Any) -> None:
    """A forked child must not speak on its parent's sockets."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
