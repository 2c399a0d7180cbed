"""Where the CPU of one operation goes: `make bench-profile ARGS='place_order'`.

The same requests as in `bench.run`, answered in one process without a web server. It is
stopped after each millisecond of CPU, its system calls' included, and asked what it is
doing, so nothing is slowed down by being counted. The statements of one such request are
printed beside it, with the time until each was answered.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from bench import house

EVERY = 0.001  # seconds of CPU
OURS = ("inventory", "retail", "webshop", "pos")
CARRIER = "retail/binding.py"  # every statement goes through it
PACKAGES = ("psycopg", "django/db", "django/template", "django", "rest_framework")
KINDS = {
    "place_order": "/api/v1/orders/{id}/",
    "product": "/api/v1/products/{gtin}/",
    "product/html": "/shop/p/{gtin}/",
    "listing": "/api/v1/products/?category={department}&limit=24",
    "listing/html": "/shop/d/{department}/",
    "availability": "/api/v1/products/{gtin}/availability/",
}
Asked = tuple[str, str, dict[str, Any] | None]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-profile", description=__doc__)
    parser.add_argument("kind", nargs="?", choices=KINDS, default="place_order")
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        profile(given.kind, given.times, json.load(sys.stdin))
        return 0
    home = house.start(house.PROJECT / "var" / "bench", level="omnichannel", keep=False)
    home.environment["RETAIL_POOL"] = "1"
    inside = ["-m", "bench.profiling", "--inside", given.kind, f"--times={given.times}"]
    try:
        print(home.run(*inside, told=home.run("-m", "bench.prepare")))
    finally:
        house.stop(home)
    return 0


def profile(kind: str, times: int, world: dict[str, Any]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")
    from retail.wsgi import application

    chosen = random.Random(1)
    for _ in range(30):  # plans and pieces are kept by then
        answer(application, *asked(kind, world, chosen), key=world["shop_key"])
    packages, places = Counter[str](), Counter[str]()

    def look(_signal: int, frame: FrameType | None) -> None:
        packages[package_of(frame)] += 1
        places[place_of(frame)] += 1

    requests = [asked(kind, world, chosen) for _ in range(times)]
    signal.signal(signal.SIGPROF, look)
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    for each in requests:
        answer(application, *each, key=world["shop_key"])
    signal.setitimer(signal.ITIMER_PROF, 0)
    spent = 1000 * (time.process_time() - began) / times
    print(
        f"{kind}: {spent:.1f} ms of CPU each, {times} times; PostgreSQL's is not in it"
    )
    for counted, shown in ((packages, 12), (places, 25)):
        print()
        for name, count in counted.most_common(shown):
            print(f"{spent * count / counted.total():6.2f} ms  {name}")
    print()
    for line in statements(
        lambda: answer(application, *asked(kind, world, chosen), key=world["shop_key"])
    ):
        print(line)


def asked(kind: str, world: dict[str, Any], chosen: random.Random) -> Asked:
    """(method, path, body) of one request."""
    from inventory.ids import new_id

    gtin = chosen.choice(world["goods"])
    path = KINDS[kind].format(id=new_id(), gtin=gtin, department=world["department"])
    if kind != "place_order":
        return "GET", path, None
    wish = chosen.choice(world["wishes"])
    return (
        "PUT",
        path,
        {
            "email": "bench@example.org",
            "first_name": "Bench",
            "lines": [{"gtin": each, "quantity": 1} for each in wish["gtins"]],
            "fulfilment": {"method": "collect", "location": wish["location"]},
            "payment": {"method": "at_store"},
        },
    )


def answer(
    application: Any, method: str, path: str, body: dict[str, Any] | None, *, key: str
) -> None:
    """One request by WSGI. Raises RuntimeError where it is refused."""
    sent = json.dumps(body).encode() if body is not None else b""
    path, _, query = path.partition("?")
    environment = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": os.environ["PORT"],
        "HTTP_HOST": f"127.0.0.1:{os.environ['PORT']}",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
    }
    if method == "PUT":
        environment["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    told: list[str] = []
    response = application(environment, lambda status, _headers: told.append(status))
    text = b"".join(response)
    response.close()
    if not told[0].startswith(("200", "201")):
        raise RuntimeError(f"{method} {path}: {told[0]} {text.decode()[:500]}")


def package_of(frame: FrameType | None) -> str:
    """Whose code runs: a package's, ours, or the standard library's."""
    if frame is None:
        return "nobody"
    path = frame.f_code.co_filename
    _, _, inside = path.partition("site-packages/")
    if inside:
        found = [each for each in PACKAGES if inside.startswith(each)]
        return found[0] if found else inside.partition("/")[0]
    room = ours(path)
    return room.partition("/")[0] if room else "the standard library"


def place_of(frame: FrameType | None) -> str:
    """For which function of ours it runs."""
    while frame is not None:
        if room := ours(frame.f_code.co_filename):
            return f"{room} {frame.f_code.co_qualname}"
        frame = frame.f_back
    return "around the house"


def ours(path: str) -> str:
    """The path within the house, "" for what is not of it."""
    try:
        inside = Path(path).relative_to(house.PROJECT).as_posix()
    except ValueError:
        return ""
    room = inside.split("/", 1)[0]
    return inside if room in OURS and inside != CARRIER else ""


def statements(act: Any) -> list[str]:
    from django.db import connections

    found = []

    def timed(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = 1000 * (time.perf_counter() - began)
            alias = context["connection"].alias
            found.append(f"{took:6.2f} ms  {alias:8} {' '.join(str(sql).split())[:90]}")

    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(timed))
        act()
    return [f"{len(found)} statements", *found]


if __name__ == "__main__":
    sys.exit(main())
