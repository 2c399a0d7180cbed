"""What every table of head office has in common: who may, on which side, and what is
noted. Read only unless a table says what may be edited, and then through a verb."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import update_wrapper
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from retail.catalogue.masters import HOME
from retail.channels import current, head_office_atomic, shared, use_channel
from retail.formatting import DASH
from retail.staff.edit_models import Edit
from retail.staff.edits import By, Way
from retail.staff.models import Employee, Role
from retail.tables.naming import differences
from retail.tables.telling import cell, column

__all__ = ["Lines", "Refused", "Table", "by", "column"]

LATEST = 100  # changes of a row


class Refused(Exception):
    """A verb said no to what no form could know; the words are for the reader."""


def by(request: HttpRequest) -> By:
    employee: Employee = request.employee  # type: ignore[attr-defined]
    return By(employee.first_name, Way.TABLES, employee.pk)


class Table(ModelAdmin):
    """`whose`: "head_office" for master data (shown and written at its home, whatever
    side is chosen), "people" for what lies in head office's own database, "side" for a
    channel's rows. `copies`: the owner of what is a copy here."""

    whose: ClassVar[str] = "side"
    copies: ClassVar[Any] = ""
    group: ClassVar[Any] = ""
    shown: ClassVar[tuple[Any, ...]] = ()
    editable: ClassVar[tuple[str, ...]] = ()
    adding: ClassVar[tuple[str, ...]] = ()
    may_add: ClassVar[bool] = False
    add_words: ClassVar[Any] = _("Add")
    roles: ClassVar[frozenset[Role]] = frozenset({Role.HEAD_OFFICE})

    actions = None
    empty_value_display = DASH
    list_per_page = 50
    search_help_text = _("Search")
    show_full_result_count = False
    list_fullwidth = True
    list_filter_sheet = False
    compressed_fields = True
    list_before_template = "tables/whose.html"
    change_form_before_template = "tables/whose.html"
    change_form_show_cancel_button = True

    # who may

    def allowed(self, request: HttpRequest) -> bool:
        employee: Employee | None = getattr(request, "employee", None)
        return employee is not None and employee.role in self.roles

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.allowed(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request) and bool(self.editable)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.allowed(request) and self.may_add

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # rows end by their verbs, if at all

    # where, and what is kept of it

    @contextmanager
    def place(self) -> Iterator[None]:
        """The side this table is shown and written at; its log is committed last."""
        with ExitStack() as stack:
            stack.enter_context(head_office_atomic())
            if self.whose == "head_office":
                stack.enter_context(use_channel(HOME))
            yield

    def get_urls(self) -> list[URLPattern]:
        """Only what there is: no address to delete by, none to add where nothing is."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        found: list[tuple[str, Any, str]] = [("", self.changelist_view, "changelist")]
        if self.may_add:
            found.append(("add/", self.add_view, "add"))
        if self.editable:
            found.append(("<str:object_id>/history/", self.history_view, "history"))
        found.append(("<str:object_id>/change/", self.change_view, "change"))
        return [
            path(route, self.placed(view), name=f"{name}_{what}")
            for route, view, what in found
        ]

    def placed(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def inside(request: HttpRequest, **given: Any) -> HttpResponse:
            try:
                with self.place():
                    response = view(request, **given)
                    if hasattr(response, "render"):
                        response.render()  # its queries belong to this side too
            except Refused as refusal:
                messages.error(request, str(refusal))
                return redirect(request.get_full_path())
            return response

        update_wrapper(inside, view)
        guarded: Callable[..., HttpResponse] = self.admin_site.admin_view(inside)
        return guarded

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found: HttpResponse = super().changelist_view(
            request, {**self.words(), **(extra_context or {})}
        )
        return found

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        given = {
            **self.words(),
            "show_history": bool(self.editable),
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            **({} if object_id else {"subtitle": _("A new entry")}),
            **(extra_context or {}),
        }
        found: HttpResponse = super().changeform_view(
            request, object_id, form_url, given
        )
        return found

    def words(self) -> dict[str, Any]:
        """For the strip above the table, whose rows these are; and the tab's title."""
        return {
            "title": capfirst(self.opts.verbose_name_plural),
            "whose": self.whose,
            "copies": self.copies,
            "joint": shared(),
            "own": current().channel.label,
            "editable": bool(self.editable),
            "growing": self.may_add,
        }

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise PermissionDenied
        edits = Edit.objects.filter(row_id=row.pk).order_by("-at", "-id")[:LATEST]
        context = {
            **self.admin_site.each_context(request),
            **self.words(),
            "opts": self.opts,
            "title": row,
            "original": row,
            "edits": [(each, differences(each)) for each in edits],
        }
        return render(request, "tables/history.html", context)

    # what is shown, and what a person may write

    def called(self, row: Any) -> str:
        """The heading of its page."""
        return str(row)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **given: Any
    ) -> HttpResponse:
        row = given.get("obj")
        if row is not None:
            context["called"] = context["subtitle"] = self.called(row)
        found: HttpResponse = super().render_change_form(request, context, **given)
        return found

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [cell(self.model, name) for name in self.list_display]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return list(self.adding)
        writable = self.writable(request)
        return [
            name if name in writable else cell(self.model, name) for name in self.shown
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return []
        writable = self.writable(request)
        return [each for each in self.get_fields(request, obj) if each not in writable]

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **given: Any
    ) -> Any:
        """A row that is pointed at is chosen here and changed in its own table."""
        field = super().formfield_for_dbfield(db_field, request, **given)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def writable(self, request: HttpRequest) -> tuple[str, ...]:
        """What this person may change of a row."""
        return self.editable

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        """The table's verb; what the form has made of `obj` is not saved itself."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        if change:
            self.write(request, obj, values)
        else:
            obj.pk = self.make(request, form.cleaned_data).pk

    def write(self, request: HttpRequest, row: Any, values: Mapping[str, Any]) -> None:
        raise PermissionDenied

    def make(self, request: HttpRequest, values: Mapping[str, Any]) -> models.Model:
        raise PermissionDenied

    # the house's own log says more than Django's

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None


class Lines(TabularInline):
    """The parts of a row, to read."""

    empty_value_display = DASH
    extra = 0
    max_num = 0
    can_delete = False
    per_page = 100
    hide_title = True
    show_change_link = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [cell(self.model, name) for name in self.fields or ()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # who sees the row sees its parts

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
