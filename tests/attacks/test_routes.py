"""Every address of the product × everybody who may ask for it: `routes.csv`.

A line is a method, an address, and what each role of `crowd.ROLES` is answered: a status,
or `sign-in` where they are sent there. Each request is empty, so who is let in is answered
200, 302 to where the page goes on, 400 or 422 for a form with nothing in it, 404 or 409
where there is no such thing; who is not, by 401, 403, `sign-in`, or, for what is somebody
else's, 404. An address with something of somebody's in it names it in braces (`crowd`).

An address of the product without a line fails: write one, and think while you do.
"""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.attacks.crowd import ROLES, Crowd, gather
from tests.calling import Caller
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)

# Who has a session, or a key, on addresses that begin so; the rest come as strangers.
ID = "018f0000-0000-7000-8000-00000000dead"
AT_HOME = {
    "/shop/": ("customer", "stranger"),
    "/pos/": ("cashier", "colleague", "manager"),
    "/warehouse/": ("warehouse",),
    "/office/": ("manager", "head_office"),
    "/admin/": ("manager", "head_office"),
    "/api/": ("shop", "till", "store", "office"),
}
TURNED_AWAY = {"401", "403", "404", "sign-in"}
REFUSED = {"401", "403", "405", "sign-in"}


@dataclass(frozen=True)
class Line:
    method: str
    path: str
    answers: dict[str, str]

    @property
    def quick(self) -> set[str]:
        """Whom the quick look asks: everybody at home there, and nobody, who is turned
        away. Whom a page lets in is asked by the long one, and by the page's own tests."""
        return {
            role
            for role in ("anonymous", *self.home)
            if self.answers[role] in TURNED_AWAY
        }

    @property
    def home(self) -> tuple[str, ...]:
        starts = self.path.startswith
        return next((roles for at, roles in AT_HOME.items() if starts(at)), ())


def lines() -> list[Line]:
    file = Path(__file__).with_name("routes.csv")
    with file.open(encoding="utf-8", newline="") as text:
        return [
            Line(row.pop("method"), row.pop("path"), row)
            for row in csv.DictReader(text)
        ]


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every address as it is declared, and its view."""
    for each in resolver.url_patterns:
        route = before + str(each.pattern).removeprefix("^")
        if isinstance(each, URLPattern):
            yield route, each.callback
        else:
            yield from patterns(each, route)


def test_every_address_has_its_line() -> None:
    anything = re.compile(r"{\w+}")
    written = {resolve(anything.sub(ID, line.path)).route for line in lines()}
    declared = {route for route, _ in patterns(get_resolver())}
    assert not sorted(declared - written), "without a line in routes.csv"


def test_every_form_needs_its_token() -> None:
    """But where no cookie signs anybody in: keys of the API, the signatures of payment
    providers, the language's own look at where a form comes from, and a letter's
    address, to which a button of its mailbox posts."""
    exempt = {
        route
        for route, view in patterns(get_resolver())
        if getattr(view, "csrf_exempt", False)
    }
    assert {route for route in exempt if not route.startswith("api/v1/")} == {
        "language/",
        "payments/<slug:provider>/",
        "shop/alerts/<str:token>/",
    }


def test_who_is_turned_away_as_written(shared_only: House) -> None:
    wrong = compared(gather(shared_only), lambda line: line.quick)
    assert not wrong, "\n".join(wrong)


@pytest.mark.faults
def test_everybody_else_is_answered_as_written(shared_only: House) -> None:
    """The rest: who is let in, and that a session or a key is worth nothing elsewhere."""
    crowd = gather(shared_only)
    wrong = compared(crowd, lambda line: set(ROLES) - line.quick)
    assert not wrong, "\n".join(wrong)


@pytest.mark.faults
def test_nothing_is_done_by_looking(shared_only: House) -> None:
    """An address that acts answers a GET with 405, whoever asks; but an interface may
    say first that this key has nothing to do there."""
    crowd = gather(shared_only)
    shown = {line.path for line in lines() if line.method == "GET"}
    wrong = [
        f"{line.path} as {role}: {found}"
        for line in lines()
        if line.path not in shown
        for role in ("anonymous", *line.home)
        if (found := asked(crowd, role, Line("GET", line.path, {}))) not in REFUSED
    ]
    assert not wrong, "\n".join(wrong)


@pytest.fixture(autouse=True)
def quiet(settings: Any) -> Iterator[None]:
    """Hundreds of refusals are meant here; their tracebacks cost more than they do."""
    settings.CHANNELS_SNAPSHOT_SECONDS = 60.0  # nobody turns the dial meanwhile
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def compared(crowd: Crowd, wanted: Any) -> list[str]:
    """What is answered otherwise than written, a line each."""
    return [
        f"{line.method} {line.path} as {role}: {found}, not {line.answers[role]}"
        for line in lines()
        for role in ROLES
        if role in wanted(line)
        and (found := asked(crowd, role, line)) != line.answers[role]
    ]


def asked(crowd: Crowd, role: str, line: Line) -> str:
    caller = crowd.callers[role]
    path = line.path.format(**crowd.things)
    if line.method == "GET":
        return word(caller.client.get(path, headers=caller.headers()))
    with undone(caller):
        answer = caller.client.generic(line.method, path, headers=caller.headers())
    return word(answer)


def word(answer: Any) -> str:
    to = answer.get("Location", "")
    return "sign-in" if "sign-in" in to or "login" in to else str(answer.status_code)


@contextmanager
def undone(caller: Caller, aliases: Iterable[str] = ("default", "shared")) -> Any:
    """As if it had never been asked: rows and cookies are what they were."""
    cookies = deepcopy(caller.client.cookies)
    alias, *more = aliases
    with transaction.atomic(using=alias):
        if more:
            with undone(caller, more):
                yield
        else:
            yield
        transaction.set_rollback(True, using=alias)
    caller.client.cookies = cookies
