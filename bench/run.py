"""`make bench`: measures the house and the limit it stands against, in turns.

    make bench ARGS='--quick'      a smoke run of a minute
    make bench ARGS='--rounds 5'

Definitions are in `bench/README.md`. Nothing here passes or fails by a figure.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import accounting, capture, house, measuring, report, stores
from bench.load import Connection, orders, request
from bench.measuring import Burst

PROJECT = Path(__file__).resolve().parents[1]
VAR = PROJECT / "var" / "bench"
CLIENTS = 8
STORES = 500
PREPARED = 8  # scripts that pgbench prepares; more would be prepared all the time

Scripts = dict[str, list[Path]]


class Bench:
    """What is measured, in the order of a round."""

    def __init__(
        self, home: house.House, world: dict[str, Any], seconds: float
    ) -> None:
        self.home = home
        self.world = world
        self.seconds = seconds
        self.bursts: dict[str, list[Burst]] = {}
        # what each page or call is asked for
        first, some = world["department"], world["goods"][:16]
        self.reads = {
            "listing": [f"/api/v1/products/?category={first}&limit=24"],
            "listing/html": [f"/shop/d/{first}/"],
            "product": [f"/api/v1/products/{each}/" for each in some],
            "product/html": [f"/shop/p/{each}/" for each in some],
            "availability": [f"/api/v1/products/{each}/availability/" for each in some],
        }

    def http(self, name: str, *, clients: int = CLIENTS, **plan: Any) -> None:
        plan = {**self.world, "clients": clients, "seconds": self.seconds, **plan}
        self.keep(name, measuring.http(self.home, plan))

    def raw(self, name: str, scripts: list[Path], mode: str) -> None:
        seconds = max(1.0, self.seconds / 2)
        burst = measuring.raw(
            self.home, scripts, clients=CLIENTS, seconds=seconds, mode=mode
        )
        self.keep(name, burst)

    def keep(self, name: str, burst: Burst) -> None:
        self.bursts.setdefault(name, []).append(burst)

    def round(self, number: int, scripts: Scripts) -> None:
        measuring.checkpoint(self.home)
        seed = {"kind": "orders", "seed": f"{number}"}
        wishes = self.world["wishes"]
        single = [{**each, "gtins": each["gtins"][:1]} for each in wishes]
        self.raw("raw place_order", scripts["place_order"], "simple")
        self.http("place_order", **seed)
        self.raw("prepared place_order", scripts["place_order"][:PREPARED], "prepared")
        self.http("place_order/one_client", clients=1, **seed)
        self.http("place_order/64_clients", clients=64, **seed)
        self.http("uniform", wishes=single, **seed)
        self.http("hot_product", wishes=single[:1], **seed)
        self.http("till_ticket", clients=1, kind="tickets")
        self.http("till_ticket/8_tills", clients=8, kind="tickets")
        for name in self.reads:
            self.read_round(name, scripts[name])

    def read_round(self, name: str, scripts: list[Path]) -> None:
        self.raw(f"raw {name}", scripts, "simple")
        self.http(name, kind="get", paths=self.reads[name])
        self.raw(f"prepared {name}", scripts, "prepared")

    def figures(self) -> dict[str, report.Figures]:
        found = {}
        for name, bursts in self.bursts.items():
            if name.startswith(("raw ", "prepared ")) or name == "uniform":
                continue
            forms = [self.bursts.get(f"{form} {name}") for form in ("raw", "prepared")]
            bases = [form for form in forms if form]
            if name == "hot_product":
                found[name] = report.figures(
                    bursts, self.bursts["uniform"], compared="uniform"
                )
            else:
                found[name] = report.figures(bursts, *bases)
        return found


def captured(bench: Bench) -> Scripts:
    """The statements of an order of each wish, and of each read, as pgbench scripts."""
    with house.in_text(bench.home) as home:
        return _captured(home, bench.world, bench.reads)


def _captured(
    home: house.House, world: dict[str, Any], read_paths: dict[str, list[str]]
) -> Scripts:
    connection = Connection(home.port)
    found: Scripts = {}

    def statements_of(asked: bytes) -> list[str]:
        connection.ask(asked)  # a first time: what is kept by the server is there
        told = capture.statements(home, lambda: good(connection.ask(asked)))
        return capture.business(told, home.database)

    def of_order(wish: dict[str, Any]) -> list[str]:
        asked = next(orders({**world, "wishes": [wish]}, 0))
        told = capture.statements(home, lambda: good(connection.ask(asked)))
        return capture.business(told, home.database)

    capture.listening(home, True)
    try:
        scripts = []
        for wish in world["wishes"]:
            order, other = of_order(wish), of_order(wish)
            fresh = capture.fresh_tokens(order, other)
            scripts.append(capture.script(order, fresh))
        found["place_order"] = written(home, "place_order", scripts)
        for name, paths in read_paths.items():
            reads = [statements_of(request("GET", path)) for path in paths]
            found[name] = written(home, name, [capture.verbatim(x) for x in reads])
    finally:
        capture.listening(home, False)
    return found


def written(home: house.House, name: str, scripts: list[str]) -> list[Path]:
    return capture.write_scripts(home.var / "scripts", name.replace("/", "-"), scripts)


def good(answer: tuple[int, bytes]) -> None:
    if answer[0] not in (200, 201):
        raise measuring.Failed(f"{answer[0]} {answer[1][:500]!r}")


def warm_up(bench: Bench) -> None:
    for kind, more in (
        ("orders", {}),
        ("tickets", {}),
        ("get", {"paths": [path for each in bench.reads.values() for path in each]}),
    ):
        bench.http("warm-up", kind=kind, **more)
    del bench.bursts["warm-up"]


def many_stores(bench: Bench, rounds: int) -> None:
    """Availability once more, over 500 stores."""
    if bench.home.database != "retail_shared":
        return  # apart, the webshop would see them through the feed alone
    name = "availability_500"
    bench.reads = {name: bench.reads["availability"]}
    gtins = bench.world["goods"][:16]
    with stores.generated(bench.home, stores=STORES, gtins=gtins):
        scripts = captured_reads(bench)
        for _ in range(rounds):
            bench.read_round(name, scripts[name])


def captured_reads(bench: Bench) -> Scripts:
    world = bench.world
    bench.world = {**world, "wishes": []}
    try:
        return captured(bench)
    finally:
        bench.world = world


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each burst")
    parser.add_argument(
        "--level", choices=["cross-channel", "omnichannel"], default="omnichannel"
    )
    parser.add_argument("--keep", action="store_true", help="go on with the last rows")
    given = parser.parse_args()
    rounds, seconds = (1, 1.0) if given.quick else (given.rounds, given.seconds)
    facts = accounting.machine()
    home = house.start(VAR, level=given.level, keep=given.keep)
    try:
        world = json.loads(home.run("-m", "bench.prepare"))
        house.serve(home)
        bench = Bench(home, world, seconds)
        house.say("warming up")
        warm_up(bench)
        house.say("capturing statements")
        scripts = captured(bench)
        began = time.monotonic()
        for number in range(1, rounds + 1):
            house.say(f"round {number} of {rounds}")
            bench.round(number, scripts)
        many_stores(bench, rounds)
        measured = bench.figures()
        told = report.whole(
            measured,
            memory=[accounting.memory_mb(pid) for pid in home.workers()],
            machine={**facts, "load_after": accounting.machine()["load_before"]},
            run={
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "level": given.level,
                "rounds": rounds,
                "seconds": seconds,
                "clients": CLIENTS,
                "products": world["products"],
                "stores": world["stores"],
                "measured_for_s": round(time.monotonic() - began),
            },
        )
    finally:
        house.stop(home)
    path = PROJECT / "var" / "bench.json"
    if path.exists():  # what a switch took stays beside it
        kept = json.loads(path.read_text(encoding="utf-8"))
        told |= {"switch": kept["switch"]} if "switch" in kept else {}
    path.write_text(
        json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(report.table(measured))
    print(f"\nweb worker: {told['memory_mb']} MB RSS, {told['memory_pss_mb']} MB PSS")
    print("machine:", json.dumps(told["machine"], ensure_ascii=False))
    print("run:", json.dumps(told["run"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
