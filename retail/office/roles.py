"""What each role may do. The words are here; who may is asked of what enforces it: the
roles that views, mounts and tables carry. A route without words fails a test."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pos.approving import APPROVERS
from retail.fulfilment.mounts import STORE, WAREHOUSE
from retail.staff.models import Employee, Role
from retail.staff.people import OFFICE
from retail.staff.permissions import staff_required
from retail.tables.admin import GROUPS

__all__ = ["ACTS", "Act", "roles_of_routes", "show"]

SURFACES = ("pos/", "warehouse/", "office/")


@dataclass(frozen=True)
class Act:
    """`routes` are the names of the addresses it is done at. `narrower`: of those who
    may open them, only these may do it."""

    words: str | Promise
    routes: tuple[str, ...]
    narrower: Collection[Role] | None = None


# fmt: off
ACTS: tuple[tuple[str | Promise, tuple[Act, ...]], ...] = (
    (_("At the till"), (
        Act(_("Sell, take money, hand over web orders"), (
            "pos_till", "pos_api_bootstrap", "pos_api_products", "pos_api_customers",
            "pos_api_pickups", "pos_api_gift_cards", "pos_api_offers",
            "pos_api_coupons", "pos_api_hand_over", "pos_api_ticket",
            "pos_api_receipts", "pos_api_parked", "pos_api_take_up",
            "pos_api_approvals",
        )),
        Act(_("Open a shift, move cash, count the drawer"), (
            "pos_api_shift", "pos_api_cash", "pos_api_close",
        )),
        Act(_("Take back what was ordered on the web"), ("pos_api_web_return",)),
        Act(_("Agree to a discount, a large refund or a hand-over without its code, read"
              " the drawer before it is counted, close a colleague’s shift"),
            ("pos_api_report",), APPROVERS),
    )),
    (_("In the store"), (
        Act(_("Prepare pickups and hand them over"), (
            "pos_store_board", "pos_store_lanes", "pos_store_find", "pos_job",
            "pos_missing", "pos_label", "pos_pick_list", "pos_job_move", "pos_pick",
            "pos_pick_next", "pos_pick_scan", "pos_pick_count", "pos_walk",
        )),
        Act(_("Send and receive: transfers and parcels"), (
            "pos_transfers", "pos_transfer_move", "pos_parcels", "pos_parcels_lanes",
            "pos_parcel", "pos_parcel_slip", "pos_parcel_move",
        )),
        Act(_("Look up the stock and count it"), (
            "pos_stock", "pos_low", "pos_counts", "pos_count_begin", "pos_count",
            "pos_count_act",
        )),
        Act(_("Find a customer, write down what they consent to"), (
            "pos_customers", "pos_consent",
        )),
        Act(_("Correct the stock, settle a count, set how pickups run, arrange the"
              " tills’ keys"), (
            "pos_stock_move", "pos_settings", "pos_unblock", "pos_quick_keys",
            "pos_quick_keys_act",
        ), STORE.counters),
    )),
    (_("In the warehouse"), (
        Act(_("Pack and send parcels"), (
            "warehouse_board", "warehouse_lanes", "warehouse_job", "warehouse_slip",
            "warehouse_job_move",
        )),
        Act(_("Look up the stock and count it"), (
            "warehouse_stock", "warehouse_low", "warehouse_counts",
            "warehouse_count_begin", "warehouse_count", "warehouse_count_act",
        )),
        Act(_("Correct the stock, settle a count"), (
            "warehouse_stock_move",
        ), WAREHOUSE.counters),
    )),
    (_("In the office"), (
        Act(_("See the dial and what another level would mean"), (
            "office_home", "office_preview", "office_run",
        )),
        Act(_("Turn the dial"), (
            "office_level", "office_flip", "office_resume", "office_abort",
        )),
        Act(_("Read who knows what, the health of the books, what customers say, this"
              " page"), (
            "office_knows", "office_books", "office_service", "office_roles",
        )),
        Act(_("Read messages and online payments"), (
            "office_messages", "office_money",
        )),
        Act(_("Decide about messages and payments that wait for a person"), (
            "office_messages_act", "office_money_act",
        )),
        Act(_("Decide whether two customers are one person"), (
            "office_identity", "office_identity_links", "office_identity_unlink",
            "office_identity_decide",
        )),
        Act(_("Make and end offers and codes"), (
            "office_offers", "office_offer_new", "office_offer", "office_offer_end",
            "office_offer_code", "office_offer_codes", "office_offer_codes_file",
        )),
        Act(_("Import and export"), (
            "office_exchange", "office_export", "office_import",
            "office_import_confirm", "office_import_abandon",
        )),
        Act(_("Say which other systems are called, and look how it went"), (
            "office_webhooks", "office_webhook", "office_webhook_act",
        )),
        Act(_("Close a store on some days"), (
            "office_closed_days", "office_closed_days_back",
        )),
        Act(_("Read who changed what, and what stands out"), (
            "office_changes", "office_changes_file", "office_watch",
        )),
    )),
)
# fmt: on


def routes() -> Iterator[tuple[str, URLPattern]]:
    """(address, pattern) of the staff's surfaces."""

    def inside(
        patterns: list[URLPattern | URLResolver], prefix: str
    ) -> Iterator[tuple[str, URLPattern]]:
        for each in patterns:
            where = prefix + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from inside(each.url_patterns, where)
            else:
                yield where, each

    for where, pattern in inside(get_resolver().url_patterns, ""):
        if where.startswith(SURFACES):
            yield where, pattern


def roles_of_routes() -> dict[str, frozenset[Role]]:
    """{name of a route: who may open it}. Those to sign in and out are left out."""
    found: dict[str, frozenset[Role]] = {}
    for _where, pattern in routes():
        mount = pattern.default_args.get("mount")
        roles = getattr(pattern.callback, "roles", None)
        if mount is not None:
            found[str(pattern.name)] = frozenset(mount.roles)
        elif roles is not None:
            found[str(pattern.name)] = roles or frozenset(OFFICE)
    return found


@never_cache
@require_safe
@staff_required(Role.HEAD_OFFICE, Role.MANAGER)
def show(request: HttpRequest) -> HttpResponse:
    """No query."""
    known = roles_of_routes()
    groups: list[tuple[Any, list[tuple[Any, list[str]]]]] = [
        (title, [(act.words, _cells(act, known)) for act in acts])
        for title, acts in ACTS
    ]
    groups += [
        (
            _("Tables: %(room)s") % {"room": title},
            [_of_table(each[0]) for each in tables],
        )
        for title, tables in GROUPS
    ]
    given = {"here": "roles", "roles": Role.choices, "groups": groups}
    return render(request, "office/roles.html", given)


def _cells(act: Act, known: dict[str, frozenset[Role]]) -> list[str]:
    may = frozenset.intersection(*(known[name] for name in act.routes))
    if act.narrower is not None:
        may &= frozenset(act.narrower)
    return ["does" if role in may else "" for role in Role]


def _of_table(model: Any) -> tuple[str, list[str]]:
    """What the table itself answers, asked as somebody of each role."""
    table: Any = admin.site.get_model_admin(model)
    cells = []
    for role in Role:
        asked = HttpRequest()
        asked.employee = Employee(role=role)  # type: ignore[attr-defined]
        if not table.has_view_permission(asked):
            cells.append("")
        elif table.has_change_permission(asked) or table.has_add_permission(asked):
            cells.append("does")
        else:
            cells.append("sees")
    return capfirst(str(model._meta.verbose_name_plural)), cells
