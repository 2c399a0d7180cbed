"""A person, as each database knows them."""

from collections.abc import Iterable
from uuid import UUID

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from retail.customers.knowing import CARD, MOST, matching
from retail.customers.knows_rows import Answer, Group, Side, group
from retail.customers.models import Customer, CustomerLink
from retail.loyalty.models import LoyaltyAccount
from retail.orders.models import Order

Matched = dict[str, list[Customer]]


def matched(alias: str, *, typed: str) -> list[Customer]:
    """The rows that fit what was typed, and where rows are linked, theirs too."""
    rows = list(matching(Customer.objects.using(alias), text=typed)[:MOST])
    links = CustomerLink.objects.using(alias).filter(ended_at__isnull=True)
    mine = links.filter(customer_id__in=[row.id for row in rows])
    theirs = links.filter(person__in=mine.values("person")).values("customer_id")
    linked = Customer.objects.using(alias).filter(id__in=theirs) if rows else []
    return list({row.id: row for row in [*rows, *linked]}.values())


def groups(alias: str, *, matched: Matched) -> list[Group]:
    rows = matched.get(alias, [])
    ids = [row.id for row in rows]
    known = {row.id for found in matched.values() for row in found}
    ticket = apps.get_model("pos", "Ticket")  # the stores' room is above this one
    return [
        group(
            _("Customers"),
            rows,
            "name",
            "card",
            "email",
            "phone",
            "postcode",
            "registered_at",
        ),
        group(
            _("Points"),
            LoyaltyAccount.objects.using(alias)
            .filter(customer__in=ids)
            .select_related("customer"),
            "balance",
            "customer__card",
        ),
        group(
            _("Links"),
            CustomerLink.objects.using(alias).filter(
                customer_id__in=ids, ended_at__isnull=True
            ),
            "get_reason_display",
            "by",
            "linked_at",
        ),
        group(
            _("Orders"),
            Order.objects.using(alias)
            .filter(customer__in=ids)
            .order_by("-placed_at")[:MOST],
            "number",
            "total",
            "placed_at",
            state="status",
        ),
        group(
            _("Till tickets"),
            ticket.objects.using(alias)
            .filter(customer_id__in=ids)
            .select_related("till__location")
            .order_by("-sold_at")[:MOST],
            "till__location__name",
            "number",
            "total",
            "points_earned",
            "sold_at",
        ),
        group(
            _("Perhaps the same person"),
            _alike(alias, matched, known),
            "name",
            "card",
            "email",
            "phone",
            aside=True,
        ),
    ]


def _alike(alias: str, matched: Matched, known: Iterable[UUID]) -> list[Customer]:
    """Rows here with a phone or an address of a row that was found anywhere."""
    found = [row for rows in matched.values() for row in rows]
    phones = {row.phone for row in found} - {""}
    emails = {row.email for row in found} - {""}
    if not found:
        return []
    same = Q(phone__in=phones) | Q(email__in=emails)
    rows = Customer.objects.using(alias).filter(same).exclude(id__in=list(known))
    return list(rows[:MOST])


def tell(answer: Answer, typed: str, matched: Matched) -> None:
    """The finding, and in plain words what each open side lacks."""
    in_use = [side for side in answer.sides if side.open and not side.away]
    for side in in_use:
        side.missing = _missing(side, typed, in_use)
    answer.finding = _finding(in_use, typed, matched)


def _finding(in_use: list[Side], typed: str, matched: Matched) -> str:
    knowing = {side.alias for side in in_use if side.found}
    rows = sum(len(matched.get(alias, [])) for alias in knowing)
    if not knowing:
        return _("Nobody here knows “%(typed)s”.") % {"typed": typed}
    if knowing == {"webshop"}:
        return _("Known on the site, unknown in the stores.")
    if knowing == {"pos"}:
        return _("Known in the stores, unknown on the site.")
    if knowing == {"webshop", "pos"}:
        return _("Each side knows this person, and does not know that the other does.")
    if rows == 1:
        return _("One database, one row: both channels see the same person.")
    links = sum(
        len(each.rows)
        for side in in_use
        for each in side.groups
        if each.table == CustomerLink._meta.db_table
    )
    told = {"rows": rows}
    if links < rows:
        return _("%(rows)s rows in one database, not all linked to a person.") % told
    return _("One person of %(rows)s linked rows, known on both channels.") % told


def _missing(side: Side, typed: str, in_use: list[Side]) -> list[str]:
    said: list[str] = []
    others = [other for other in in_use if other is not side]
    if not side.found:
        said.append(_("Nobody with %(key)s.") % {"key": _key(typed)})
        if any(other.found for other in others):
            said.append(
                _("Registering on the site did not register this person here.")
                if side.alias == "pos"
                else _("Registering in a store opened no account on the site.")
            )
        if any(each.aside for each in side.groups):
            said.append(
                _("A row below looks alike, but this database cannot know that.")
            )
        return said
    if stranded := sum(_points(other) for other in others):
        said.append(
            ngettext(
                "%(points)s point lies on the other side and cannot be spent here.",
                "%(points)s points lie on the other side and cannot be spent here.",
                stranded,
            )
            % {"points": stranded}
        )
    bought = sum(_purchases(other) for other in others)
    if bought:
        said.append(
            ngettext(
                "%(count)s purchase on the other side is unknown here.",
                "%(count)s purchases on the other side are unknown here.",
                bought,
            )
            % {"count": bought}
        )
    return said


def _key(typed: str) -> str:
    if "@" in typed:
        return _("this e-mail")
    if CARD.fullmatch(typed):
        return _("this card")
    if any(map(str.isdigit, typed)):
        return _("this phone number")
    return _("this name")


def _points(side: Side) -> int:
    return sum(
        int(row.title)
        for each in side.groups
        if each.table == LoyaltyAccount._meta.db_table
        for row in each.rows
    )


def _purchases(side: Side) -> int:
    tables = (Order._meta.db_table, "pos_ticket")
    return sum(len(each.rows) for each in side.groups if each.table in tables)
