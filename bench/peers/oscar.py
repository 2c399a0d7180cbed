"""`make bench-oscar`: a shop of django-oscar on the same machine, by its own pages.

Definitions are in `bench/README.md`. It is installed from PyPI into `var/bench-oscar/` and
gets the demo's goods; its server is started as ours is. Nothing passes or fails by a figure.
"""

from __future__ import annotations

import csv
import http.cookiejar
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from bench import accounting
from bench.house import children, die_with_us, say
from retail.embedded import servers, supervising

HERE = Path(__file__).resolve().parent
VAR = HERE.parents[1] / "var" / "bench-oscar"
GOODS = HERE.parents[1] / "retail" / "demo" / "data" / "products.csv"
SECONDS, CLIENTS = 4.0, 8
STOCK, BUYERS, RACES = 20, 50, 5
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """One browser: cookies, and the token of the last page."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.token = ""

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[str, bytes]:
        """(where it ended, the page). Raises on 4xx and 5xx."""
        body = None
        if form is not None:
            given = {**form, "csrfmiddlewaretoken": self.token}
            body = urllib.parse.urlencode(given).encode()
        request = urllib.request.Request(self.base + path, body)  # noqa: S310 -- ours
        request.add_header("Referer", self.base + "/")
        with self.opener.open(request, timeout=120) as answer:
            page = answer.read()
            if found := CSRF.search(page):
                self.token = found[1].decode()
            return str(answer.url), page

    def to_the_last_page(self, products: list[dict[str, Any]]) -> None:
        """Puts one of each into the basket, and goes up to the page that orders."""
        for each in products:
            self.ask(each["path"])
            self.ask(f"/basket/add/{each['id']}/", {"quantity": "1"})
        self.ask("/checkout/")
        guest = {"username": "bench@example.org", "options": "anonymous"}
        self.ask("/checkout/", guest)
        home = {
            "first_name": "Bench",
            "last_name": "Bench",
            "line1": "1 rue de la Paix",
            "line4": "Paris",
            "postcode": "75002",
            "country": "FR",
        }
        ended, page = self.ask("/checkout/shipping-address/", home)
        if "/checkout/payment-details" not in ended:
            raise RuntimeError(f"stopped at {ended}: {page[:2000]!r}")
        self.ask("/checkout/preview/")

    def order(self) -> bool:
        """Whether the order stands."""
        ended, _page = self.ask("/checkout/preview/", {"action": "place_order"})
        return "/checkout/thank-you/" in ended


class Peer:
    """The running shop, what it costs, and where."""

    def __init__(self, place: servers.Servers) -> None:
        self.port = supervising.free_port()
        self.environment = {
            **os.environ,
            "PEER_VAR": str(VAR),
            "PEER_DATABASE": "peer_oscar",
            "PEER_POSTGRES": str(place.postgres),
            "PYTHONPATH": str(HERE / "site"),
            "DJANGO_SETTINGS_MODULE": "oscar_site",
        }
        self.python = str(VAR / ".venv" / "bin" / "python")
        self.web: subprocess.Popen[bytes] | None = None

    def run(self, what: str, told: Any = None) -> Any:
        done = subprocess.run(
            [self.python, "-m", "oscar_site", what],
            env=self.environment,
            input=json.dumps(told),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    def serve(self) -> None:
        command = [str(VAR / ".venv" / "bin" / "granian"), "--interface", "wsgi"]
        command += ["--workers", "2", "--blocking-threads", "4", "--loop", "uvloop"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--no-ws"]
        with (VAR / "web.log").open("wb") as log:
            self.web = subprocess.Popen(
                [*command, "oscar_site:application"],
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_us,
                start_new_session=True,
            )
        until = time.monotonic() + 60
        while True:
            try:
                Visitor(self.port).ask("/")
                return
            except OSError:
                if time.monotonic() > until or self.web.poll() is not None:
                    raise
                time.sleep(0.2)

    def cpu_ms(self) -> float:
        assert self.web is not None
        web = [self.web.pid, *children(self.web.pid)]
        launcher = supervising.noted(VAR / "pg.lock")["pid"]
        masters = children(launcher)
        backends = [each for master in masters for each in children(master)]
        return accounting.cpu_ms([*web, *masters, *backends])

    def memory(self) -> dict[str, float]:
        assert self.web is not None
        sizes = [accounting.memory_mb(each) for each in children(self.web.pid)]
        return max(sizes, key=lambda each: each["rss"])


def burst(
    peer: Peer, clients: int, act: Callable[[Visitor], None], seconds: float = SECONDS
) -> dict[str, float]:
    """A closed loop of so many visitors."""
    took: list[float] = []
    began, before = time.monotonic(), peer.cpu_ms()

    def visit() -> None:
        visitor = Visitor(peer.port)
        while time.monotonic() < began + seconds:
            at = time.perf_counter()
            act(visitor)
            took.append((time.perf_counter() - at) * 1000)

    together([visit] * clients)
    spent = time.monotonic() - began
    return {
        "per_second": round(len(took) / spent, 1),
        "p50_ms": round(statistics.median(took), 1),
        "cpu_ms": round((peer.cpu_ms() - before) / len(took), 1),
    }


def together(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=each, daemon=True) for each in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def flow(peer: Peer, products: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole way of a guest with three products, and its last step alone."""
    last: list[float] = []

    def buy(_visitor: Visitor) -> None:
        mine = Visitor(peer.port)  # a guest of their own each time
        mine.to_the_last_page(products[:3])
        at = time.perf_counter()
        if not mine.order():
            raise RuntimeError("an order was refused")
        last.append((time.perf_counter() - at) * 1000)

    whole = burst(peer, 1, buy, seconds=2 * SECONDS)
    return {**whole, "commit_p50_ms": round(statistics.median(last), 1)}


def race(peer: Peer) -> dict[str, int]:
    """BUYERS at the last page of a product of which there are STOCK, all at once."""
    scarce = {"title": "Scarce", "gtin": f"S{time.time_ns()}", "price": "1.00"}
    made = peer.run("fill", [{**scarce, "units": STOCK}])["products"]
    visitors = [Visitor(peer.port) for _ in range(BUYERS)]
    for each in visitors:
        each.to_the_last_page(made)
    ready, refused = threading.Barrier(BUYERS), [0]

    def buy(visitor: Visitor) -> None:
        ready.wait()
        try:
            visitor.order()
        except urllib.error.HTTPError:
            refused[0] += 1

    together([lambda each=each: buy(each) for each in visitors])  # type: ignore[misc]
    return {**peer.run("sold"), "errors": refused[0]}


def installed() -> None:
    """The peer's own environment, once."""
    if not (VAR / ".venv" / "bin" / "granian").exists():
        say("installing django-oscar")
        subprocess.run([sys.executable, "-m", "venv", str(VAR / ".venv")], check=True)
        wanted = str(HERE / "requirements-oscar.txt")
        pip = [str(VAR / ".venv" / "bin" / "python"), "-m", "pip", "install", "-q"]
        subprocess.run([*pip, "-r", wanted], check=True)


def main() -> int:
    VAR.mkdir(parents=True, exist_ok=True)
    installed()
    facts = accounting.machine()
    for name in servers.URLS:
        os.environ.pop(name, None)
    place = servers.ensure(VAR)
    peer = Peer(place)
    try:
        with psycopg.connect(
            place.url("postgres", user="postgres"), autocommit=True
        ) as admin:
            admin.execute("DROP DATABASE IF EXISTS peer_oscar WITH (FORCE)")
            admin.execute("CREATE DATABASE peer_oscar")
        say("filling")
        shop = peer.run("fill", goods())
        peer.serve()
        say("measuring")
        products = shop["products"]
        found: dict[str, Any] = {}
        for name, path in (
            ("listing", shop["listing"]),
            ("product", products[0]["path"]),
        ):
            burst(peer, CLIENTS, lambda v, path=path: v.ask(path), 1.0)  # type: ignore[misc]
            found[name] = burst(peer, CLIENTS, lambda v, path=path: v.ask(path))  # type: ignore[misc]
        found["order_flow"] = flow(peer, products)
        found["races"] = [race(peer) for _ in range(RACES)]
        found["memory_mb"] = peer.memory()
    finally:
        if peer.web is not None:
            peer.web.terminate()
            peer.web.wait()
        servers.stop(VAR)
    found["machine"] = {**facts, "load_after": round(os.getloadavg()[0], 1)}
    (VAR / "oscar.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(json.dumps(found, indent=1))
    return 0


def goods() -> list[dict[str, str]]:
    """Of the demo's, those that were tidied by hand."""
    with GOODS.open(encoding="utf-8", newline="") as file:
        return [
            {"title": row["name"], "gtin": row["gtin"], "price": row["price"]}
            for row in csv.DictReader(file)
        ]


if __name__ == "__main__":
    sys.exit(main())
