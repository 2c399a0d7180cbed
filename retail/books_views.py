"""The office page of the books: every invariant, run now on every open database."""

from dataclasses import dataclass
from importlib import import_module

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory.books import Check
from retail import books, channels
from retail.staff.permissions import staff_required

ROOM_WORDS: dict[str, str | Promise] = {
    "inventory.books": _("Stock"),
    "retail.orders.books": _("Orders"),
    "retail.fulfilment.books": _("Pickup and shipping"),
    "retail.payments.books": _("Money"),
    "retail.promotions.books": _("Offers"),
    "retail.loyalty.books": _("Points"),
    "retail.customers.books": _("People and their links"),
    "retail.messages.books": _("Messages"),
    "pos.books": _("Tills"),
}


@dataclass(frozen=True)
class Line:
    """One invariant; `results` in the order of the databases, None where the check
    itself could not be run."""

    check: Check
    results: list[books.Result | None]

    @property
    def holds(self) -> bool:
        return all(result and result.holds for result in self.results)


@dataclass(frozen=True)
class Room:
    word: str | Promise
    lines: list[Line]


@never_cache
@require_safe
@staff_required()
def office_books(request: HttpRequest) -> HttpResponse:
    """One query per invariant and open database, and what the dial asks of all."""
    databases = channels.open_databases()
    rooms = [
        Room(word, lines_of(checks, databases)) for word, checks in checks_by_room()
    ]
    lines = [line for room in rooms for line in room.lines]
    dial = books.of_the_dial()
    return render(
        request,
        "office/books.html",
        {
            "here": "books",
            "rooms": rooms,
            "dial": dial,
            "databases": databases,
            "at": timezone.now(),
            "total": len(lines) + len(dial),
            "failing": sum(not line.holds for line in lines)
            + sum(not each.holds for each in dial),
            "seconds": sum(each.seconds for each in dial)
            + sum(
                result.seconds for line in lines for result in line.results if result
            ),
        },
    )


def checks_by_room() -> list[tuple[str | Promise, list[Check]]]:
    """As `books.all_checks` has them: each room's, then the one over all rooms."""
    rooms: list[tuple[str | Promise, list[Check]]] = [
        (ROOM_WORDS.get(room, room), list(import_module(room).CHECKS))
        for room in books.ROOMS
    ]
    rooms.append((_("All tables"), [books.origin_known()]))
    return [(room, checks) for room, checks in rooms if checks]


def lines_of(checks: list[Check], databases: tuple[str, ...]) -> list[Line]:
    return [
        Line(check, [result_of(check, alias) for alias in databases])
        for check in checks
    ]


def result_of(check: Check, alias: str) -> books.Result | None:
    try:
        return books.run(check, alias)
    except books.CheckBroken:
        return None
