"""Reads a ticket from what a device sent, strictly: one answer names every fault."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from inventory.gtin import BadGtin, valid
from inventory.money import ZERO
from inventory.quantities import MOST, BadQuantity, quantity
from pos.models import TenderMethod, TicketKind
from pos.tickets import Line, Paid, Sale, stamp
from retail.loyalty import points

MAX_LINES = 500


class Invalid(Exception):
    """What was sent is not a ticket: `errors` maps a field's path to what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(errors)
        self.errors = errors


def parse(payload: object) -> Sale:
    """The sale in a decoded JSON body. Raises Invalid naming every fault; amounts must
    be strings with two decimals, because a float is not money."""
    if not isinstance(payload, Mapping):
        raise Invalid({"": "must be an object"})
    read = _Reader(payload)
    sale = Sale(
        id=read.uuid("id"),
        till=read.uuid("till"),
        number=read.count("number", least=1),
        kind=read.one_of("kind", TicketKind.values),
        sold_at=read.time("sold_at"),
        employee=read.uuid("employee"),
        customer=read.maybe_uuid("customer"),
        order=read.maybe_uuid("order"),
        currency=read.one_of("currency", ["EUR"]),
        lines=tuple(read.line(i, x) for i, x in enumerate(read.rows("lines"))),
        tenders=tuple(read.tender(i, x) for i, x in enumerate(read.rows("tenders"))),
        points_spent=read.count("points_spent", least=0),
        total=read.amount("total", payload.get("total")),
        previous_hash=read.hex64("previous_hash"),
        hash=read.hex64("hash"),
        take_held=payload.get("take_held") is True,
        only_free=payload.get("only_free") is True,
    )
    if not read.errors:
        _adds_up(sale, read.errors)
    if read.errors:
        raise Invalid(read.errors)
    return sale


def _adds_up(sale: Sale, errors: dict[str, str]) -> None:
    for i, line in enumerate(sale.lines):
        if line.total != line.unit_price * line.quantity:
            errors[f"lines.{i}.total"] = "is not quantity times price"
    for i, tender in enumerate(sale.tenders):
        if tender.given != tender.amount + tender.change:
            errors[f"tenders.{i}.given"] = "is not amount plus change"
        if tender.change and tender.method != TenderMethod.CASH:
            errors[f"tenders.{i}.change"] = "only cash gives change"
    if sale.total != sum((line.total for line in sale.lines), ZERO):
        errors["total"] = "is not the sum of the lines"
    if sale.total != sum((t.amount for t in sale.tenders), ZERO):
        errors["tenders"] = "do not add up to the total"
    by_points = sum(
        (t.amount for t in sale.tenders if t.method == TenderMethod.POINTS), ZERO
    )
    if by_points != points.value_of(sale.points_spent):
        errors["points_spent"] = "are not worth what the points tender says"
    units: Counter[str] = Counter()
    for line in sale.lines:
        units[line.gtin] += line.quantity
    if max(units.values()) > MOST:
        errors["lines"] = f"may have up to {MOST} of one product"
    if sale.kind == TicketKind.WEB_ORDER:
        if len(sale.lines) != 1:
            errors["lines"] = "a web order's ticket has one line: what was due"
        if sale.order is None:
            errors["order"] = "a web order's ticket names the order"
        if sale.points_spent:
            errors["points_spent"] = "points are spent where the order was placed"
    elif sale.order is not None:
        errors["order"] = "only a web order's ticket names an order"


class _Reader:
    """Reads fields and gathers what is wrong with them, so that one answer names all."""

    def __init__(self, payload: Mapping[str, object]) -> None:
        self.payload = payload
        self.errors: dict[str, str] = {}

    def uuid(self, name: str) -> UUID:
        return self.maybe_uuid(name, required=True) or UUID(int=0)

    def maybe_uuid(self, name: str, *, required: bool = False) -> UUID | None:
        value = self.payload.get(name)
        if value is None and not required:
            return None
        try:
            # only the one spelling that the canonical text uses
            if isinstance(value, str) and str(UUID(value)) == value:
                return UUID(value)
        except ValueError:
            pass
        self.errors[name] = "must be a UUID in lower case"
        return None

    def count(self, name: str, *, least: int) -> int:
        value = self.payload.get(name)
        if type(value) is int and least <= value <= 2**53:
            return value
        self.errors[name] = f"must be a whole number from {least}"
        return least

    def one_of(self, name: str, allowed: list[str]) -> str:
        value = self.payload.get(name)
        if isinstance(value, str) and value in allowed:
            return value
        self.errors[name] = f"must be one of {', '.join(allowed)}"
        return allowed[0]

    def hex64(self, name: str) -> str:
        value = self.payload.get(name)
        if (
            isinstance(value, str)
            and len(value) == 64
            and set(value) <= set("0123456789abcdef")
        ):
            return value
        self.errors[name] = "must be 64 hexadecimal digits in lower case"
        return ""

    def time(self, name: str) -> datetime:
        value = self.payload.get(name)
        if isinstance(value, str):
            try:
                at = datetime.fromisoformat(value)
                if at.tzinfo is not None and stamp(at) == value:
                    return at
            except (ValueError, OverflowError):
                pass
        self.errors[name] = "must be a UTC time such as 2026-11-22T10:00:00.000Z"
        return datetime.now(UTC)

    def rows(self, name: str) -> list[object]:
        value = self.payload.get(name)
        if isinstance(value, list) and 0 < len(value) <= MAX_LINES:
            return value
        # a ticket paid with points alone still has its points tender
        self.errors[name] = f"must be a list of 1 to {MAX_LINES}"
        return []

    def amount(self, path: str, value: object, *, places: str = "0.01") -> Decimal:
        if isinstance(value, str):
            try:
                read = Decimal(value)
                if read.is_finite() and 0 <= read < 10**9:
                    exact = read.quantize(Decimal(places))
                    if f"{exact}" == value:
                        return exact
            except InvalidOperation:
                pass
        self.errors[path] = f"must be a text such as {12 + Decimal(places)}"
        return ZERO

    def line(self, i: int, row: object) -> Line:
        path = f"lines.{i}"
        row = self._object(path, row)
        gtin = row.get("gtin")
        if self.payload.get("kind") == TicketKind.WEB_ORDER:
            if gtin is not None:
                self.errors[f"{path}.gtin"] = "must be empty on a web order's ticket"
            gtin = ""
        else:
            try:
                gtin = valid(gtin if isinstance(gtin, str) else "")
            except BadGtin:
                self.errors[f"{path}.gtin"] = "must be a GTIN with its check digit"
                gtin = ""
        try:
            units = quantity(row.get("quantity"))
        except BadQuantity:
            self.errors[f"{path}.quantity"] = "must be a whole number from 1 to 9999"
            units = 1
        return Line(
            gtin=gtin,
            quantity=units,
            unit_price=self.amount(f"{path}.unit_price", row.get("unit_price")),
            total=self.amount(f"{path}.total", row.get("total")),
            tax_rate=self.amount(
                f"{path}.tax_rate", row.get("tax_rate"), places="0.0001"
            ),
        )

    def tender(self, i: int, row: object) -> Paid:
        path = f"tenders.{i}"
        row = self._object(path, row)
        method = row.get("method")
        if method not in TenderMethod.values:
            self.errors[f"{path}.method"] = (
                f"must be one of {', '.join(TenderMethod.values)}"
            )
        return Paid(
            method=str(method),
            amount=self.amount(f"{path}.amount", row.get("amount")),
            given=self.amount(f"{path}.given", row.get("given")),
            change=self.amount(f"{path}.change", row.get("change")),
        )

    def _object(self, path: str, row: object) -> Mapping[str, object]:
        if isinstance(row, Mapping):
            return row
        self.errors[path] = "must be an object"
        return {}
