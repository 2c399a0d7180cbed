"""The office page *What each database knows*."""

import csv
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from retail import channels
from retail.customers import knows
from retail.interfaces.typed import one_line
from retail.staff.permissions import staff_required

LONGEST = 120  # characters of a question
PEOPLE = "retail/demo/data/people.csv"
STATE_ICONS = {"person": "user", "order": "receipt", "product": "barcode"}


@dataclass(frozen=True)
class Example:
    icon: str
    query: str
    title: str
    note: str


@never_cache
@require_safe
@staff_required()
def office_knows(request: HttpRequest) -> HttpResponse:
    typed = " ".join(one_line(request.GET.get("q", ""), most=LONGEST).split())
    answer = knows.ask(typed) if typed else None
    return render(
        request,
        "customers/knows.html",
        {
            "here": "knows",
            "q": typed,
            "answer": answer,
            "icon": STATE_ICONS[answer.kind] if answer else "",
            "examples": examples(),
            "joined": channels.shared(),
        },
    )


def examples() -> list[Example]:
    """People of the demo, then an order and a product that are really there."""
    found = people() if settings.DEMO else []
    return [*found, *map(described, knows.samples())]


def people() -> list[Example]:
    notes = {
        "alice": _("registered on the site and in a store"),
        "bruno": _("registered on the site only"),
        "hugo": _("registered in a store only"),
        "emma": _("twice, under two addresses and one phone number"),
    }
    return [
        Example("user", person["email"], person["first_name"], notes[person["key"]])
        for person in demo_people()
        if person["key"] in notes
    ]


@cache
def demo_people() -> list[dict[str, str]]:
    with (settings.BASE_DIR / PEOPLE).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def described(sample: knows.Sample) -> Example:
    note = {
        "pickup": _("ordered on the site, collected in a store"),
        "order": _("ordered on the site"),
        "product": _("sold on the site and in stores"),
    }[sample.kind]
    icon = "barcode" if sample.kind == "product" else "receipt"
    return Example(icon, sample.query, sample.title, note)
