"""Head office's table of the stores' tills: to read, and to add one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Location
from inventory.places import Channel
from pos.models import Till
from pos.opening import add_till
from retail.channels import head_office_atomic, use_channel
from retail.staff.edits import note, of_row
from retail.tables.table import Table, by


class TillForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_location(self) -> Location:
        store: Location = self.cleaned_data["location"]
        if store.channel != Channel.POS:
            raise forms.ValidationError(_("Tills stand in stores."))
        return store


class TillTable(Table):
    """The stores' rows, shown and written at their side, whatever side is chosen."""

    form = TillForm
    may_add = True
    add_words = gettext_lazy("Add a till")
    adding = ("location", "name")
    list_display = ("name", "location", "number", "last_number")
    list_filter = ("location",)
    list_select_related = ("location",)
    search_fields = ("name", "location__name")
    ordering = ("location__name", "number")
    shown = ("location", "number", "name", "last_number")

    @contextmanager
    def place(self) -> Iterator[None]:
        with head_office_atomic(), use_channel(Channel.POS):
            yield

    def make(self, request: HttpRequest, values: Mapping[str, Any]) -> Till:
        till = add_till(values["location"], values["name"])
        after = of_row(till, self.shown)
        note(till, side=till.origin, by=by(request), before=None, after=after)
        return till
