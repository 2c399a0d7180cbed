import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from retail.messages import relay


class Command(BaseCommand):
    help = "Carries messages between the channels' databases until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: stop.set())
        relay.run(stop)
