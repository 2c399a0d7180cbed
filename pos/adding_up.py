"""Whether a ticket agrees with itself: its sums, its signs, and what its kind allows."""

from collections import Counter

from inventory.money import ZERO
from inventory.quantities import MOST, MOST_GRAMS
from pos import cutting
from pos.models import TenderMethod, TicketKind
from pos.tickets import Sale
from retail.loyalty import gift_cards, points

__all__ = ["faults"]


def faults(sale: Sale) -> dict[str, str]:
    """{path of a field: what is wrong with it}."""
    return {**_sums(sale), **_points(sale), **_kind(sale), **cutting.faults(sale)}


def _sums(sale: Sale) -> dict[str, str]:
    errors: dict[str, str] = {}
    for i, line in enumerate(sale.lines):
        # what came back is worth what was paid for it, which `returning` knows
        known = line.back is not None and line.back.ticket is not None
        if line.total != line.full - line.discount and not known:
            errors[f"lines.{i}.total"] = "is not quantity times price, less its offers"
        if line.back is None and line.total < 0:
            errors[f"lines.{i}.total"] = "is below zero only where goods came back"
        if line.offers and (line.quantity < 0 or line.total < 0):
            errors[f"lines.{i}.offers"] = "take no more than the goods that are sold"
    for i, tender in enumerate(sale.tenders):
        if tender.given != tender.amount + tender.change:
            errors[f"tenders.{i}.given"] = "is not amount plus change"
        if tender.change and (tender.method != TenderMethod.CASH or tender.amount < 0):
            errors[f"tenders.{i}.change"] = "only cash gives change"
        pays = tender.method == TenderMethod.GIFT_CARD and tender.amount > 0
        if pays != (tender.gift_card is not None):
            errors[f"tenders.{i}.gift_card"] = "names the card that pays"
        elif pays and tender.gift_card in [t.gift_card for t in sale.tenders[:i]]:
            errors[f"tenders.{i}.gift_card"] = "is named once"
    if sale.total != sum((line.total for line in sale.lines), ZERO):
        errors["total"] = "is not the sum of the lines"
    if sale.total != sum((t.amount for t in sale.tenders), ZERO):
        errors["tenders"] = "do not add up to the total"
    units: Counter[str] = Counter()
    for line in sale.lines:
        units[line.gtin] += abs(line.quantity)
    weighed = {line.gtin for line in sale.lines if line.weighed}
    if any(
        many > (MOST_GRAMS if gtin in weighed else MOST) for gtin, many in units.items()
    ):
        errors["lines"] = f"may have up to {MOST} of one product, {MOST_GRAMS} grams"
    return errors


def _points(sale: Sale) -> dict[str, str]:
    by_points = sum(
        (t.amount for t in sale.tenders if t.method == TenderMethod.POINTS), ZERO
    )
    if by_points != points.value_of(sale.points_spent):
        return {"points_spent": "are not worth what the points tender says"}
    return {}


def _kind(sale: Sale) -> dict[str, str]:
    if sale.kind == TicketKind.REFUND:
        return _refund(sale)
    errors: dict[str, str] = {}
    if sale.kind == TicketKind.WEB_ORDER:
        if len(sale.lines) != 1:
            errors["lines"] = "a web order's ticket has one line: what was due"
        if sale.order is None:
            errors["order"] = "a web order's ticket names the order"
        if sale.points_spent:
            errors["points_spent"] = "points are spent where the order was placed"
    elif sale.order is not None:
        errors["order"] = "only a web order's ticket names an order"
    if sale.kind == TicketKind.GIFT_CARD:
        errors |= _gift_card(sale)
    if not sale.tenders:
        errors["tenders"] = "must be a list of 1 or more"
    return errors


def _gift_card(sale: Sale) -> dict[str, str]:
    """One card, with as much as is paid. It is money and no goods: it bears no tax yet
    (directive 2006/112/CE, art. 30 ter) and earns nothing, and no card buys a card."""
    errors: dict[str, str] = {}
    line = sale.lines[0]
    if len(sale.lines) != 1 or line.quantity != 1 or line.tax_rate:
        errors["lines"] = "a gift card's ticket has one line, without tax"
    if not gift_cards.LEAST <= sale.total <= gift_cards.MOST:
        errors["total"] = f"is from {gift_cards.LEAST} to {gift_cards.MOST} euros"
    paid = {each.method for each in sale.tenders}
    if paid - {TenderMethod.CASH, TenderMethod.CARD}:
        errors["tenders"] = "a gift card is paid in cash or by card"
    return errors


def _refund(sale: Sale) -> dict[str, str]:
    """Lines that came back, all of one sale or all without a receipt, and lines that
    are taken instead. Money goes one way: in, or out."""
    errors: dict[str, str] = {}
    back = [line.back for line in sale.lines if line.back is not None]
    if not back:
        errors["lines"] = "a refund has a line that came back"
    if len({each.ticket for each in back}) > 1:
        errors["lines"] = "come back from one sale at a time"
    named = [each.position for each in back if each.ticket is not None]
    if len(set(named)) < len(named):
        errors["lines"] = "name a sold line once"
    for i, line in enumerate(sale.lines):
        if (line.back is not None) != (line.quantity < 0):
            errors[f"lines.{i}.quantity"] = "is below zero where goods came back"
        if line.back and (line.back.ticket is None) != (line.back.position is None):
            errors[f"lines.{i}.returned.position"] = "goes with the sale's ticket"
    if any(tender.amount * sale.total <= 0 for tender in sale.tenders):
        errors["tenders"] = "go the way of the total"
    if sale.order is not None:
        errors["order"] = "only a web order's ticket names an order"
    return errors
