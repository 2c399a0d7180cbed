"""The client of the documentation, as it stands there, against the house."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from inventory.ids import new_id
from retail.wsgi import application
from tests.calling import a_shop, an_order
from tests.levels import SIDES, apart
from tests.retail.interfaces.test_described import connections_kept
from tests.retail.orders.house import House

__all__ = ["apart"]

pytestmark = pytest.mark.django_db(databases=SIDES)
CLIENT = Path(__file__).parents[1] / "docs" / "client.py"


class Quiet(WSGIRequestHandler):
    def log_message(self, *given: Any) -> None:
        pass


def test_the_client_of_the_documentation_runs(apart: House) -> None:
    """Answered by this thread, which has the test's transactions. The first PUT is told
    to come again."""
    busy = [503, 429]
    asked: list[str] = []

    def house(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        asked.append(environ["REQUEST_METHOD"])
        if environ["REQUEST_METHOD"] == "PUT" and busy:
            status = f"{busy.pop()} Later"
            start(status, [("Retry-After", "0"), ("Content-Length", "0")])
            return []
        found: Iterable[bytes] = application(environ, start)
        return found

    shop = a_shop()
    for _ in range(2):
        wish = an_order((apart.gtins[1], 1))
        assert shop.put(f"orders/{new_id()}/", wish).status_code == 201
    with make_server("127.0.0.1", 0, house, handler_class=Quiet) as server:
        server.timeout = 0.05
        program = [
            sys.executable,
            str(CLIENT),
            f"http://127.0.0.1:{server.server_port}",
        ]
        client = subprocess.Popen(
            [*program, shop.raw], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        end = threading.Timer(30, client.kill)
        end.start()
        with connections_kept():
            while client.poll() is None:
                server.handle_request()
        end.cancel()
    said = client.stdout.read().decode() if client.stdout else ""
    assert client.returncode == 0, said
    goods, places, order, read, refused, orders = said.splitlines()
    assert goods.split()[0] in apart.gtins
    assert ": " in places
    assert order.endswith("placed True")
    assert read.split()[1] in ("requested", "placed")
    assert refused == "409 /problems/id-reused"
    assert orders == "3 True"
    assert asked.count("PUT") == 5
