"""The demo's story: who does what when. Data only, the same at every level.

Each act has a fixed id, so the same person, order and ticket carry the same ids
whichever level the demo is seeded at. What a level forbids is tried all the same, and
recorded as refused: that is the lesson.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from inventory.ids import derived

SEED = 20261122
# A UUIDv7 of 2023: the demo's ids sort before those that a visitor makes.
ROOT = UUID("018c8f00-0000-7000-8000-000000000000")

STORES = ("BAT", "LFO", "LEC", "LEV", "LYO", "GRE", "NAN", "MRS")
Lines = tuple[tuple[int, int], ...]  # (index into the catalogue, quantity)


def act_id(*parts: object) -> UUID:
    return derived(ROOT, *parts)


@dataclass(frozen=True)
class Act:
    """`key` names the act for ever; `who` is a person's key of people.csv, or empty."""

    key: str
    at: datetime
    who: str


@dataclass(frozen=True)
class RegisterOnWeb(Act):
    pass


@dataclass(frozen=True)
class RegisterInStore(Act):
    store: str


@dataclass(frozen=True)
class OrderOnWeb(Act):
    """`until` is the last move that the place has made by now; `minutes` between
    moves. `store` empty: shipped from the warehouse."""

    lines: Lines
    store: str = ""
    pay: str = "online"
    points: int = 0
    until: str = ""
    minutes: int = 20


@dataclass(frozen=True)
class CancelOnWeb(Act):
    order: str = ""


@dataclass(frozen=True)
class BuyInStore(Act):
    """`shows` is whose card is shown: "store" (M-…), "web" (W-…) or nothing."""

    store: str
    till: int
    lines: Lines
    tender: str = "card"
    shows: str = ""
    points: int = 0


@dataclass
class _Script:
    now: datetime
    goods: list[int]
    people: list[dict[str, str]]
    # the same story every time is the point
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311

    def before(self, *, days: int = 0, minutes: int = 0) -> datetime:
        """So many days ago at a time when the stores are open, or minutes ago."""
        if minutes or not days:
            return self.now - timedelta(minutes=minutes)
        day = self.now - timedelta(days=days)
        return day.replace(
            hour=self.random.randrange(9, 18),
            minute=self.random.randrange(60),
            second=self.random.randrange(60),
            microsecond=0,
        )

    def lines(self, most: int = 4) -> Lines:
        picked = self.random.sample(self.goods, self.random.randint(1, most))
        return tuple((i, self.random.choice((1, 1, 1, 2, 2, 3))) for i in picked)


def acts(*, now: datetime, goods: list[int], people: list[dict[str, str]]) -> list[Act]:
    """The whole story, oldest first. `goods` are the places in the catalogue of what
    every store has plenty of, so that only the level refuses an act."""
    script = _Script(now=now, goods=goods, people=people)
    story = [
        *_registrations(script),
        *_shipped(script),
        *_sold(script),
        *_collected(script),
        *_lessons(script),
    ]
    return sorted(story, key=lambda act: (act.at, act.key))


def _registrations(script: _Script) -> Iterator[Act]:
    for i, person in enumerate(script.people):
        key = person["key"]
        if person["known_web"] == "1":
            yield RegisterOnWeb(f"web-{key}", script.before(days=60 - i), key)
        if person["known_store"] == "1":
            yield RegisterInStore(
                f"store-{key}", script.before(days=50 - i), key, person["store_code"]
            )


def _known(script: _Script, where: str) -> list[str]:
    return [p["key"] for p in script.people if p[where] == "1"]


def _shipped(script: _Script) -> Iterator[Act]:
    web = _known(script, "known_web")
    for i in range(18):
        who = "" if i % 6 == 5 else web[i % len(web)]
        yield OrderOnWeb(
            f"ship-{i}",
            script.before(days=14 - i * 12 // 18),
            who,
            lines=script.lines(),
            until="deliver" if i < 12 else "ship",
            minutes=90,
        )
    for i, until in enumerate(("pack", "pick", "start-picking", "", "")):
        yield OrderOnWeb(
            f"ship-now-{i}",
            script.before(minutes=170 - i * 30),
            web[(i * 3) % len(web)],
            lines=script.lines(),
            until=until,
            minutes=8,
        )


def _sold(script: _Script) -> Iterator[Act]:
    members = {p["key"]: p["store_code"] for p in script.people}
    known = _known(script, "known_store")
    for day in range(10, 0, -1):
        for i, store in enumerate(STORES):
            here = [key for key in known if members[key] == store]
            for n in range(2 if i < 4 else 1):
                shows = here and (day + n) % 2 == 0
                yield BuyInStore(
                    f"sale-{day}-{store}-{n}",
                    script.before(days=day),
                    here[(day + n) % len(here)] if shows else "",
                    store,
                    1 + n % 2,
                    lines=script.lines(5),
                    tender=script.random.choice(("card", "card", "cash")),
                    shows="store" if shows else "",
                )


def _collected(script: _Script) -> Iterator[Act]:
    """Web-to-store: forbidden where the channels do not speak."""
    web = _known(script, "known_web")
    members = {p["key"]: p["store_code"] for p in script.people}
    for i in range(10):
        who = web[(i * 2 + 1) % len(web)]
        yield OrderOnWeb(
            f"collect-{i}",
            script.before(days=9 - i % 9),
            who,
            lines=script.lines(),
            store=members[who],
            pay="at_store" if i % 4 == 3 else "online",
            until="hand-over",
            minutes=15,
        )
    today = (
        ("ready", "camille", "online"),
        ("check-in", "malik", "at_store"),
        ("check-in", "alice", "online"),
        ("ready", "nadia", "online"),
        ("stage", "bruno", "online"),
        ("pick", "yanis", "online"),
        ("start-picking", "louise", "at_store"),
        ("accept", "rose", "online"),
        ("", "alice", "at_store"),
        ("", "ana", "online"),
        ("", "camille", "online"),
    )
    for i, (until, who, pay) in enumerate(today):
        yield OrderOnWeb(
            f"collect-now-{i}",
            script.before(minutes=150 - i * 13),
            who,
            lines=script.lines(5),
            store="BAT" if i < 9 else members[who],
            pay=pay,
            until=until,
            minutes=6,
        )
    yield OrderOnWeb(
        "collect-cancelled",
        script.before(days=2),
        "farid",
        lines=script.lines(),
        store="LYO",
        until="accept",
        minutes=15,
    )
    yield CancelOnWeb(
        "collect-cancelled-by-customer",
        script.before(days=1),
        "farid",
        order="collect-cancelled",
    )


def _lessons(script: _Script) -> Iterator[Act]:
    """What a customer takes for granted and only one level can do."""
    big = tuple((i, 3) for i in script.goods[3:15])
    # enough points on the web to be worth spending
    yield OrderOnWeb(
        "lesson-alice-earns",
        script.before(days=12),
        "alice",
        lines=big,
        until="deliver",
        minutes=90,
    )
    yield BuyInStore(
        "lesson-alice-shows-web-card",
        script.before(days=3),
        "alice",
        "BAT",
        1,
        lines=script.lines(),
        shows="web",
    )
    yield BuyInStore(
        "lesson-alice-spends-web-points",
        script.before(days=2),
        "alice",
        "BAT",
        1,
        lines=((script.goods[4], 2), (script.goods[9], 1)),
        shows="store",
        tender="card",
        points=90,
    )
    yield BuyInStore(
        "lesson-bruno-shows-web-card",
        script.before(days=1),
        "bruno",
        "LEV",
        1,
        lines=script.lines(),
        shows="web",
    )
