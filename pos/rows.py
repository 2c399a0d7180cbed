"""The rows under a ticket, with ids that follow from its own."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from inventory.ids import derived
from inventory.models import Unit, Variant
from inventory.places import Origin
from pos.models import Tender, Ticket, TicketKind, TicketLine
from pos.tickets import Sale


def lines_of(
    ticket: Ticket,
    sale: Sale,
    variants: dict[str, Variant],
    titles: dict[str, str],
    offers: Sequence[list[dict[str, Any]]] = (),
) -> list[TicketLine]:
    """`variants` and their `titles` by GTIN; `offers` of each line, as it keeps them,
    where there are any."""
    return [
        TicketLine(
            id=derived(ticket.id, "line", i),
            origin=Origin.POS,
            ticket=ticket,
            position=i,
            variant=variants.get(line.gtin),
            gtin=line.gtin,
            title=titles.get(line.gtin) or ticket.order_number or _no_goods(sale),
            quantity=line.quantity,
            unit=Unit.GRAM if line.weighed else Unit.PIECE,
            unit_price=line.unit_price,
            tax_rate=line.tax_rate,
            discount=line.discount,
            offers=offers[i - 1] if offers else [],
            price_before=line.cut.before if line.cut else None,
            cut_reason=line.cut.reason if line.cut else "",
            total=line.total,
        )
        for i, line in enumerate(sale.lines, 1)
    ]


def tenders_of(ticket: Ticket, sale: Sale) -> list[Tender]:
    return [
        Tender(
            id=derived(ticket.id, "tender", i),
            origin=Origin.POS,
            ticket=ticket,
            position=i,
            method=tender.method,
            amount=tender.amount,
            given=tender.given,
            change=tender.change,
            gift_card_id=tender.gift_card,
        )
        for i, tender in enumerate(sale.tenders, 1)
    ]


def _no_goods(sale: Sale) -> str:
    return _("Gift card") if sale.kind == TicketKind.GIFT_CARD else ""
