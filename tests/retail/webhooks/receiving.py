"""Another system, listening on this machine, and one that answers otherwise."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail.staff.edits import By, Way
from retail.webhooks import endpoints
from retail.webhooks.models import Endpoint, Kind
from retail.webhooks.posting import Answer


@dataclass
class Receiver:
    """`answers` with these statuses in turn, the last one for ever."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    location: str = ""
    came: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.came.append((body, {k.lower(): v for k, v in self.headers.items()}))
            answers = found.answers
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            if found.location:
                self.send_header("Location", found.location)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *given: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/hooks?from=retail"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


TEST = By("test", Way.WEBHOOKS)


def an_endpoint(
    url: str = "https://hooks.example.com/in",
    *,
    channel: Channel = Channel.WEBSHOP,
    events: list[str] | None = None,
) -> tuple[Endpoint, str]:
    return endpoints.add(
        id=new_id(),
        channel=channel,
        url=url,
        events=events or [each.value for each in Kind],
        by=TEST,
        at=timezone.now(),
    )


class Line:
    """Stands for the wire: what was sent, and `status` answered."""

    def __init__(self, status: int = 204) -> None:
        self.status = status
        self.sent: list[tuple[Endpoint, bytes, dict[str, str]]] = []

    def __call__(
        self, endpoint: Endpoint, body: bytes, headers: dict[str, str]
    ) -> Answer:
        self.sent.append((endpoint, body, headers))
        return Answer(self.status)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _endpoint, _body, headers in self.sent]
