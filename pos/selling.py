"""Takes in what a till sold. The device made the ticket: here it is checked, chained
and given its effects (goods, points, the pickup it pays), once.
"""

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from inventory import stock
from inventory.holds import Cause
from inventory.ids import derived
from inventory.inserting import insert, together
from inventory.models import Unit, Variant
from inventory.money import ZERO, tax_in
from inventory.places import Channel, Origin
from inventory.selling import KIND
from pos import approving, card_money, clocks, cutting, offers, returning
from pos.ids import IdReused
from pos.looking_up import booked, take_place
from pos.models import Ticket, TicketKind, Till
from pos.payloads import Invalid, parse
from pos.rows import lines_of, tenders_of
from pos.tickets import CHAIN_VERSION, Sale, canonical, ticket_hash
from retail import channels, formatting
from retail.customers.models import Customer
from retail.customers.registering import own_row
from retail.fulfilment import pickup
from retail.loyalty import points

__all__ = [
    "ChainBroken",
    "IdReused",
    "Invalid",
    "NoShift",
    "NotThisTill",
    "UnknownCustomer",
    "UnknownProduct",
    "WrongHash",
    "record",
]

SELLS = frozenset({TicketKind.SALE, TicketKind.REFUND})
TRIES = 4  # of a refund whose sale something else came back of at the same moment


class NotThisTill(Exception):
    """The ticket names another till than the device that sent it, or one of another
    store."""


class WrongHash(Exception):
    """The hash is not that of the ticket's text."""


class NoShift(Exception):
    """The employee that the ticket names has not opened this till."""


class UnknownProduct(Exception):
    def __init__(self, gtins: list[str]) -> None:
        super().__init__(gtins)
        self.gtins = gtins


class UnknownCustomer(Exception):
    """The customer is not on the books that this till can see."""


class ChainBroken(Exception):
    """The ticket is not the next one of its till. `number` and `previous_hash` are
    what the next one must carry."""

    def __init__(self, *, number: int, previous_hash: str) -> None:
        super().__init__(number, previous_hash)
        self.number = number
        self.previous_hash = previous_hash


def record(
    payload: object,
    *,
    till_id: UUID,
    store: str | None = None,
    at: datetime | None = None,
) -> tuple[Ticket, bool]:
    """Books a ticket: `(ticket, True)`, or `(ticket, False)` if it was booked before.

    Opens its own transaction on the stores' side. `payload` is the decoded JSON of
    the device (`payloads` says its shape); `till_id` the till whose device sent it, and
    `store` the code of its location where the caller has not looked. Two queries for
    goods that are free, paid by cash or card; one more with offers, two with codes.

    Raises the refusals above, those of `returning`, `approving`, `offers` and
    `card_money`, `stock.HeldForPickup` (ask the seller, send again with take_held),
    `reserving.OutOfStock` (only with only_free), `points.NotEnoughPoints`,
    `pickup.NotYours`, `NotCollectable` and `NotDue`; a refusal changes nothing.
    """
    sale = parse(payload)
    if sale.till != till_id:
        raise NotThisTill
    if sale.hash != ticket_hash(sale):
        raise WrongHash
    for left in reversed(range(TRIES)):
        try:
            with channels.atomic():
                return _book(sale, store, at or timezone.now())
        except (IntegrityError, ChainBroken) as error:
            # the same ticket sent twice at once: the other one was first
            known = booked(sale.id)
            if known is not None:
                return _same(known, sale), False
            if approving.counted_before(error):
                raise approving.BadApproval from error
            if not (left and returning.another_was_first(error)):
                raise
    raise AssertionError("the last try answers or raises")


def _same(known: Ticket, sale: Sale) -> Ticket:
    if known.hash != sale.hash:
        raise IdReused
    return known


def _book(sale: Sale, store: str | None, at: datetime) -> tuple[Ticket, bool]:
    found = take_place(sale)
    if found.standing is None or found.standing.elsewhere(store):
        raise NotThisTill
    if found.ticket is not None:
        return _same(found.ticket, sale), False
    till, shift = found.standing.till, found.standing.shift
    if not found.standing.moved:
        till.refresh_from_db()  # another may have moved it meanwhile
        raise ChainBroken(number=till.last_number + 1, previous_hash=till.last_hash)
    if shift is None:
        raise NoShift
    by = formatting.employee(sale.employee, shift.employee_name)
    customer = _customer(sale, at)
    tax = sum((tax_in(line.total, line.tax_rate) for line in sale.lines), ZERO)
    sold_at = clocks.moment_of(sale.sold_at, arrived=at)
    off = offers.reduced(sale, till.location, at=sold_at)
    plan = returning.plan(sale) if sale.kind == TicketKind.REFUND else None
    approval = approving.covered(
        sale.approval,
        {**cutting.needed(sale), **(plan.needs if plan else {})},
        till_id=till.id,
        ticket_id=sale.id,
    )
    earned = _earned(sale) if customer is not None else 0
    ticket = Ticket(
        id=sale.id,
        origin=Origin.POS,
        till=till,
        shift=shift,
        number=sale.number,
        kind=sale.kind,
        chain_version=CHAIN_VERSION,
        previous_hash=sale.previous_hash,
        hash=sale.hash,
        canonical=canonical(sale),
        sold_at=sale.sold_at,
        received_at=at,
        employee_id=sale.employee,
        employee_name=shift.employee_name,
        customer_id=customer.id if customer else None,
        customer_name=customer.first_name if customer else "",
        order_id=sale.order,
        currency=sale.currency,
        total=sale.total,
        tax=tax,
        points_earned=earned - (plan.points if plan else 0),
        points_spent=sale.points_spent,
        **approving.kept(approval),
    )
    if sale.kind == TicketKind.WEB_ORDER and sale.order is not None:
        job = pickup.pay_at_counter(
            sale.order,
            location=till.location,
            amount=sale.total,
            ticket_id=sale.id,
            by=by,
            at=at,
        )
        ticket.order_number = job.order_number
    variants = _checked(sale, found.variants)
    with together():
        insert([ticket])
        insert(lines_of(ticket, sale, variants, found.titles, off.lines))
        insert(tenders_of(ticket, sale))
        broken = _hand_out(sale, till, variants, by=by, at=at)
    for kind, held_for in broken:
        pickup.hold_broken(kind, held_for, by=by, at=at)
    if plan is not None:
        plan.book(ticket, variants, by=by, at=at)
    card_money.move(sale, plan.receipt if plan else None, at=at)
    if customer is not None:
        _settle_points(sale, customer, earned, at)
    # last of all, as for orders: a code for everybody is the one row that all want
    off.use(sale, at=at)
    return ticket, True


def _customer(sale: Sale, at: datetime) -> Customer | None:
    """The stores' own row of the customer; made here where a person who was known
    to the web only buys in a store for the first time."""
    if sale.customer is None:
        if sale.points_spent:
            raise UnknownCustomer
        return None
    customer = Customer.objects.filter(id=sale.customer).first()
    if customer is None:
        raise UnknownCustomer
    if customer.origin == Origin.POS:
        return customer
    if not channels.on(channels.Feature.UNIFIED_CUSTOMERS):
        raise UnknownCustomer
    return own_row(customer, Channel.POS, at=at)


def _checked(sale: Sale, found: dict[str, Variant]) -> dict[str, Variant]:
    """The goods, if all of them are known and weighed as the ticket says."""
    missing = sorted({line.gtin for line in sale.lines if line.gtin} - set(found))
    if missing:
        raise UnknownProduct(missing)
    for i, line in enumerate(sale.lines):
        if line.gtin and line.weighed != (found[line.gtin].unit == Unit.GRAM):
            raise Invalid({f"lines.{i}.unit": f"is {found[line.gtin].unit}"})
    return found


def _hand_out(
    sale: Sale, till: Till, variants: dict[str, Variant], *, by: str, at: datetime
) -> list[Cause]:
    """The goods leave. A sale is never refused for stock: what was held for a pickup
    and is in this customer's hand makes that pickup short, in this transaction. Answers
    what they were held for."""
    if sale.kind not in SELLS:
        return []
    wanted: Counter[UUID] = Counter()
    for line in sale.lines:
        if line.quantity > 0:
            wanted[variants[line.gtin].id] += line.quantity
    if not wanted:
        return []
    reference = str(sale.id)
    if sale.only_free:
        stock.issue(till.location, wanted, kind=KIND, reference=reference, by=by, at=at)
        return []
    issued = stock.sell_at_till(
        till.location,
        wanted,
        reference=reference,
        take_held=sale.take_held,
        by=by,
        at=at,
    )
    return issued.broken


def _earned(sale: Sale) -> int:
    """Points for the goods of this ticket, as far as money paid for them."""
    if sale.kind not in SELLS:
        return 0
    sold = sum((line.total for line in sale.lines if line.total > 0), ZERO)
    return points.points_for(sold - points.value_of(max(0, sale.points_spent)))


def _settle_points(sale: Sale, customer: Customer, earned: int, at: datetime) -> None:
    reference = str(sale.id)
    if sale.points_spent > 0:
        points.redeem(
            customer,
            points=sale.points_spent,
            redemption_id=derived(sale.id, "points"),
            reference=reference,
            at=at,
        )
    if earned > 0:
        points.earn(customer, points=earned, reference=reference, at=at)
