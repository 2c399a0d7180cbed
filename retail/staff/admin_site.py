"""The tables under `/admin/`, on the side chosen in the office's header.

Head office sees all, a store's manager what concerns the store; each table says so
itself (`retail/tables`).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from unfold.sites import UnfoldAdminSite

from inventory.places import Channel
from retail.channels import current, shared
from retail.staff.permissions import ask_to_sign_in, who

# Django's own pages that this house has its own for, or none
LEFT_OUT = {"password_change", "password_change_done", "view_on_site", "search"}


class HouseAdmin(UnfoldAdminSite):
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        employee, _device = who(request)
        request.employee = employee  # type: ignore[attr-defined]
        return employee is not None

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return ask_to_sign_in(request)

    def get_urls(self) -> list[URLPattern]:
        return [
            each
            for each in super().get_urls()
            if getattr(each, "name", None) not in LEFT_OUT
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """`groups` for the side bar: what this person may look at, as it is registered
        and in that order."""
        context: dict[str, Any] = super().each_context(request)
        return {
            **context,
            "joint": shared(),
            "side": current().channel,
            "sides": Channel.choices,
            "employee": getattr(request, "employee", None),
            "groups": self.groups(request),
        }

    def groups(self, request: HttpRequest) -> list[tuple[Any, list[Any]]]:
        """[(title, [(address, name, is this page)])]."""
        found: dict[str, tuple[Any, list[Any]]] = {}
        for model, table in self._registry.items():
            if table.has_view_permission(request):
                where = address(model)
                group = found.setdefault(str(table.group), (table.group, []))
                name = model._meta.verbose_name_plural
                group[1].append((where, name, request.path.startswith(where)))
        return list(found.values())


def address(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
