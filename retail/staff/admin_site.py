"""The table editor under `/admin/`: head office only, on the side chosen in the office.

Its transactions follow the router, so with the pinned context it works on any side.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from unfold.sites import UnfoldAdminSite

from retail.channels import current, shared
from retail.staff.models import Role
from retail.staff.permissions import ask_to_sign_in, who


class HouseAdmin(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        employee, _device = who(request)
        return employee is not None and employee.role == Role.HEAD_OFFICE

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return ask_to_sign_in(request)


def side_shown(request: HttpRequest) -> list[str]:
    """For the header: whose tables these are. Unfold wants text and colour."""
    if shared():
        return [_("Both channels"), "success"]
    return [str(current().channel.label), "info"]
