"""The office's page of who changed what: every line of the log, sifted, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory.places import Origin
from retail.exchange.writing import pieces
from retail.formatting import french
from retail.office import older
from retail.staff.edit_models import Edit, Way
from retail.staff.models import Role
from retail.staff.permissions import staff_required
from retail.tables.naming import differences, table_name

SHOWN = 50
# fmt: off
HEADER = (
    "at", "by", "by_what", "whose", "table", "row", "name", "act",
    "field", "before", "after",
)
# fmt: on
EVERY = ("", gettext_lazy("All"))


class Sieve(forms.Form):
    by = forms.CharField(
        label=gettext_lazy("Who"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    about = forms.CharField(
        label=gettext_lazy("What it is called"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    side = forms.ChoiceField(
        label=gettext_lazy("Whose"),
        required=False,
        choices=[EVERY, *Origin.choices],
        widget=forms.Select(attrs={"class": "input"}),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("By what"),
        required=False,
        choices=[EVERY, *Way.choices],
        widget=forms.Select(attrs={"class": "input"}),
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}),
    )

    def found(self) -> QuerySet[Edit]:
        """Newest first. What is no day or no side sifts nothing."""
        told = self.cleaned_data if self.is_bound and self.is_valid() else {}
        edits = Edit.objects.order_by("-at", "-id")
        if told.get("by"):
            edits = edits.filter(by__icontains=told["by"])
        if told.get("about"):
            edits = edits.filter(label__icontains=told["about"])
        for name in ("side", "way"):
            if told.get(name):
                edits = edits.filter(**{name: told[name]})
        if told.get("since"):
            edits = edits.filter(at__date__gte=told["since"])
        if told.get("until"):
            edits = edits.filter(at__date__lte=told["until"])
        return edits


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE)
def show(request: HttpRequest) -> HttpResponse:
    """One query."""
    sieve = Sieve(request.GET)
    edits = sieve.found().filter(older.before(request.GET.get("after", "")))
    rows = list(edits[: SHOWN + 1])
    asked = request.GET.copy()
    asked.pop("after", None)
    more = ""
    if len(rows) > SHOWN:
        rows = rows[:SHOWN]
        on = asked.copy()
        on["after"] = older.mark(rows[-1].at, rows[-1].id)
        more = on.urlencode()
    given = {
        "here": "changes",
        "sieve": sieve,
        "sifted": any(asked.values()),
        "asked": asked.urlencode(),
        "rows": [
            (each, table_name(each.table), differences(each), _address(each))
            for each in rows
        ],
        "more": more,
    }
    return render(request, "office/changes.html", given)


def _address(edit: Edit) -> str:
    """Of all changes of that row, where its table has them."""
    if edit.table == "retail.promotion":
        return reverse("office_offer", args=[edit.side, edit.row_id])
    try:
        name = f"admin:{edit.table.replace('.', '_')}_history"
        return reverse(name, args=[edit.row_id])
    except NoReverseMatch:
        return ""


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE)
def as_file(request: HttpRequest) -> HttpResponse:
    """What the page found, a line for each field, streamed as it is read."""
    told = pieces(
        HEADER,
        _lines(Sieve(request.GET).found()),
        dialect="fr" if french() else "en",
    )
    response = StreamingHttpResponse(told, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="changes.csv"'
    response["Cache-Control"] = "no-store"
    return cast(HttpResponse, response)


def _lines(edits: QuerySet[Edit]) -> Iterator[list[Any]]:
    for each in edits.iterator(chunk_size=2000):
        for name in dict.fromkeys([*each.before, *each.after]):
            yield [
                *(each.at, each.by, each.way, each.side, each.table, each.row_id),
                *(each.label, each.act, name),
                *(each.before.get(name, ""), each.after.get(name, "")),
            ]
