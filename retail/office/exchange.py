"""The office's pages of import and export: choose a file, look, confirm, follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from inventory.places import Channel
from retail import channels
from retail.exchange import exporting, importing, words
from retail.exchange.kinds import TABLES
from retail.exchange.models import Kind, Line, Run, State
from retail.exchange.previewing import preview
from retail.exchange.reading import Unreadable
from retail.formatting import french
from retail.interfaces.typed import one_line
from retail.office.dial import by
from retail.staff.models import Role
from retail.staff.permissions import staff_required

# What a page reads while somebody waits. The command line has no such bounds.
MOST_BYTES = 10 * 1024 * 1024
MOST_LINES = 100_000
AT_ONCE = 3.0  # seconds: a small import is done when its page is there
SHOWN = 100  # problems
SAMPLE = 5  # lines
LAST = 12  # runs
MEANS = {
    Kind.PRODUCTS: gettext_lazy(
        "Which articles the channel offers, and in which words. Articles themselves are"
        " equal on every side and stay as they are."
    ),
    Kind.PRICES: gettext_lazy(
        "A price is added from a moment on; what was asked before stays in the books."
    ),
    Kind.STOCK: gettext_lazy(
        "What was counted at a place. The difference is posted as a movement."
    ),
    Kind.CUSTOMERS: gettext_lazy(
        "A known card changes its customer, any other line makes one. What they agreed"
        " to is never filled in."
    ),
}


ICONS = {
    Kind.PRODUCTS: "apple",
    Kind.PRICES: "tag",
    Kind.STOCK: "shelf",
    Kind.CUSTOMERS: "users",
}


class Upload(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is in the file"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the file holds.")},
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=Channel.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the channel.")},
    )
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.FileInput(
            attrs={"class": "input", "accept": ".csv,text/csv,text/plain"}
        ),
        help_text=gettext_lazy(
            "UTF-8, with semicolons or commas; the first line names the columns."
        ),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": words.FILES["empty"],
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(words.FILES["too-large"])
        return file


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.HEAD_OFFICE)
def show(request: HttpRequest) -> HttpResponse:
    """Two queries; a file that is sent here is read and shown as a run."""
    if request.method != "POST":
        return _page(request, Upload(initial={"kind": Kind.PRICES}))
    form = Upload(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = preview(
                file,
                kind=form.cleaned_data["kind"],
                channel=form.cleaned_data["channel"],
                name=one_line(file.name or "", most=120),
                by=by(request),
                most=MOST_LINES,
            )
        except Unreadable as refusal:
            form.add_error(
                "file", words.of_file(refusal.slug, refusal.number, refusal.value)
            )
        else:
            return redirect("office_import", run.id)
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: Upload, *, status: int = 200) -> HttpResponse:
    given = {
        "here": "exchange",
        "form": form,
        "kinds": [
            (
                kind,
                kind.label,
                MEANS[kind],
                [column.name for column in TABLES[kind].columns],
                ICONS[kind],
            )
            for kind in Kind
        ],
        "channels": Channel.choices,
        "runs": Run.objects.exclude(state=State.READING).order_by("-made_at")[:LAST],
    }
    return render(request, "office/exchange.html", given, status=status)


@never_cache
@require_GET
@staff_required(Role.HEAD_OFFICE)
def run(request: HttpRequest, id: UUID) -> HttpResponse:
    """What a file would change, or how far that is. The part that changes asks for
    itself."""
    found = _found(id)
    part = getattr(request, "htmx", False)
    if part and request.GET.get("seen") == _tag(found):
        return HttpResponse(status=204)
    table = TABLES[Kind(found.kind)]
    problems = [
        (each, words.of_line(each.slug))
        for each in found.problems.order_by("number", "id")[:SHOWN]
    ]
    context = {
        "here": "exchange",
        "run": found,
        "tag": _tag(found),
        "problems": problems,
        "shown": len(problems),
        "all_problems": found.wrong + found.left_out,
        "columns": [each.name for each in table.columns],
        "sample": [
            (line, [line.values.get(each.name) for each in table.columns])
            for line in Line.objects.filter(run=found).order_by("number")[:SAMPLE]
        ]
        if found.state == State.PREVIEWED
        else [],
    }
    name = "office/import_state.html" if part else "office/import.html"
    return render(request, name, context)


def _found(id: UUID) -> Run:
    return get_object_or_404(
        Run.objects.exclude(state__in=[State.READING, State.EXPORTED]), id=id
    )


def _tag(found: Run) -> str:
    return f"{found.state}-{found.done}-{found.left_out}"


@require_POST
@staff_required(Role.HEAD_OFFICE)
def confirm(request: HttpRequest, id: UUID) -> HttpResponse:
    """Begins it, and goes on for a moment; the sweep does what is left."""
    found = _found(id)
    try:
        importing.confirm(found)
    except importing.NotWaiting:
        messages.info(request, _("That was decided before. Here is how it stands."))
    else:
        importing.work(found, seconds=AT_ONCE)
    return redirect("office_import", id)


@require_POST
@staff_required(Role.HEAD_OFFICE)
def abandon(request: HttpRequest, id: UUID) -> HttpResponse:
    try:
        given_up = importing.abandon(_found(id))
    except importing.NotWaiting:
        messages.info(request, _("That was decided before. Here is how it stands."))
        return redirect("office_import", id)
    if given_up.done:
        told = _("What was done stays, the rest is left, and the file is forgotten.")
    else:
        told = _("Nothing was changed, and the file is forgotten.")
    messages.success(request, told)
    return redirect("office_exchange")


@require_POST
@staff_required(Role.HEAD_OFFICE)
def export(request: HttpRequest) -> HttpResponse:
    """The table as a file, streamed as it is read."""
    kind, channel = request.POST.get("kind", ""), request.POST.get("channel", "")
    if kind not in Kind.values or channel not in Channel.values:
        raise Http404
    exporting.note(Kind(kind), channel=Channel(channel), by=by(request))
    told = _exported(Kind(kind), Channel(channel))
    response = StreamingHttpResponse(told, content_type="text/csv; charset=utf-8")
    name = exporting.file_name(kind, channel)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return cast(HttpResponse, response)


def _exported(kind: Kind, channel: Channel) -> Iterator[str]:
    """Its own channel while it is read, whichever side the office looks at."""
    with channels.use_channel(channel):
        yield from exporting.export(
            kind, channel=channel, dialect="fr" if french() else "en"
        )
