"""Reads a ticket from what a device sent, strictly: one answer names every fault."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from inventory.gtin import BadGtin, valid
from inventory.models import Unit
from inventory.money import ZERO
from inventory.quantities import MOST, MOST_GRAMS, BadQuantity, quantity
from pos.adding_up import faults
from pos.models import CutReason, ReturnReason, TenderMethod, TicketKind
from pos.tickets import Back, Cut, Line, Off, Paid, Sale, stamp

MAX_LINES = 500
MAX_OFFERS = 10
MAX_TEXT = 1000


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
        tenders=tuple(
            read.tender(i, x) for i, x in enumerate(read.rows("tenders", least=0))
        ),
        points_spent=read.count("points_spent", least=read.least),
        total=read.amount("total", payload.get("total")),
        previous_hash=read.hex64("previous_hash"),
        hash=read.hex64("hash"),
        take_held=payload.get("take_held") is True,
        only_free=payload.get("only_free") is True,
        approval=read.text("approval"),
        coupons=read.texts("coupons"),
    )
    if not read.errors:
        read.errors = faults(sale)
    if read.errors:
        raise Invalid(read.errors)
    return sale


class _Reader:
    """Reads fields and gathers what is wrong with them, so that one answer names all."""

    def __init__(self, payload: Mapping[str, object]) -> None:
        self.payload = payload
        self.errors: dict[str, str] = {}
        # amounts and points of a refund may be below zero: they go to the customer
        self.least = -(2**53) if payload.get("kind") == TicketKind.REFUND else 0

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

    def text(self, name: str) -> str:
        value = self.payload.get(name) or ""
        if isinstance(value, str) and len(value) <= MAX_TEXT:
            return value
        self.errors[name] = "must be a text"
        return ""

    def rows(self, name: str, *, least: int = 1) -> list[object]:
        value = self.payload.get(name)
        if isinstance(value, list) and least <= len(value) <= MAX_LINES:
            return value
        # a ticket paid with points alone still has its points tender
        self.errors[name] = f"must be a list of {least} to {MAX_LINES}"
        return []

    def amount(self, path: str, value: object, *, places: str = "0.01") -> Decimal:
        if isinstance(value, str):
            try:
                read = Decimal(value)
                if read.is_finite() and max(self.least, -(10**9)) <= read < 10**9:
                    exact = read.quantize(Decimal(places))
                    if f"{exact}" == value and value != "-0.00":
                        return exact
            except InvalidOperation:
                pass
        self.errors[path] = f"must be a text such as {12 + Decimal(places)}"
        return ZERO

    def price(self, path: str, value: object, *, places: str = "0.01") -> Decimal:
        """Never below zero: of what comes back, the units are."""
        read = self.amount(path, value, places=places)
        if read < 0:
            self.errors[path] = "is never below zero"
        return max(read, ZERO)

    def line(self, i: int, row: object) -> Line:
        path = f"lines.{i}"
        row = self._object(path, row)
        gtin = row.get("gtin")
        if self.payload.get("kind") in (TicketKind.WEB_ORDER, TicketKind.GIFT_CARD):
            if gtin is not None:
                self.errors[f"{path}.gtin"] = "must be empty where no goods are sold"
            gtin = ""
        else:
            try:
                gtin = valid(gtin if isinstance(gtin, str) else "")
            except BadGtin:
                self.errors[f"{path}.gtin"] = "must be a GTIN with its check digit"
                gtin = ""
        back = self._back(path, row.get("returned"))
        weighed = self._weighed(path, row.get("unit", Unit.PIECE))
        units = self._units(path, row.get("quantity"), weighed)
        return Line(
            gtin=gtin,
            quantity=units,
            unit_price=self.price(f"{path}.unit_price", row.get("unit_price")),
            total=self.amount(f"{path}.total", row.get("total")),
            tax_rate=self.price(
                f"{path}.tax_rate", row.get("tax_rate"), places="0.0001"
            ),
            back=back,
            offers=self._offers(path, row.get("offers", [])),
            cut=self._cut(path, row.get("cut")),
            weighed=weighed,
        )

    def _weighed(self, path: str, unit: object) -> bool:
        if unit not in Unit.values:
            self.errors[f"{path}.unit"] = f"must be one of {', '.join(Unit.values)}"
        return unit == Unit.GRAM

    def _cut(self, path: str, value: object) -> Cut | None:
        if value is None:
            return None
        row = self._object(f"{path}.cut", value)
        read = _Reader(row)
        cut = Cut(
            read.amount("before", row.get("before")),
            read.one_of("reason", CutReason.values),
        )
        self.errors |= {f"{path}.cut.{name}": why for name, why in read.errors.items()}
        return cut

    def _offers(self, path: str, value: object) -> tuple[Off, ...]:
        if not isinstance(value, list) or len(value) > MAX_OFFERS:
            self.errors[f"{path}.offers"] = f"must be a list of up to {MAX_OFFERS}"
            return ()
        return tuple(
            self._off(f"{path}.offers.{i}", row) for i, row in enumerate(value)
        )

    def _off(self, path: str, row: object) -> Off:
        row = self._object(path, row)
        read = _Reader(row)
        promotion = read.uuid("promotion")
        amount = read.amount("amount", row.get("amount"))
        if amount <= 0 and not read.errors:
            read.errors["amount"] = "must be above zero"
        self.errors |= {f"{path}.{name}": why for name, why in read.errors.items()}
        return Off(promotion, amount)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.payload.get(name, [])
        if (
            isinstance(value, list)
            and len(value) <= MAX_OFFERS
            and all(isinstance(each, str) and 0 < len(each) <= 40 for each in value)
        ):
            return tuple(value)
        self.errors[name] = f"must be a list of up to {MAX_OFFERS} codes"
        return ()

    def _units(self, path: str, value: object, weighed: bool) -> int:
        """Below zero where goods came back."""
        most = MOST_GRAMS if weighed else MOST
        sign = -1 if self.least and type(value) is int and value < 0 else 1
        try:
            return sign * quantity(
                sign * value if type(value) is int else value, most=most
            )
        except BadQuantity:
            self.errors[f"{path}.quantity"] = f"must be a whole number from 1 to {most}"
            return 1

    def _back(self, path: str, value: object) -> Back | None:
        if value is None:
            return None
        path = f"{path}.returned"
        read = _Reader(self._object(path, value))
        reason = read.one_of("reason", ReturnReason.values)
        ticket = read.maybe_uuid("ticket")
        position = None if ticket is None else read.count("position", least=1)
        if not self.least:
            self.errors[path] = "goods come back on a refund"
        for name, fault in read.errors.items():
            self.errors[f"{path}.{name}"] = fault
        return Back(
            ticket=ticket,
            position=position,
            reason=reason,
            restock=read.payload.get("restock") is True,
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
            gift_card=self._gift_card(path, row),
        )

    def _gift_card(self, path: str, row: Mapping[str, object]) -> UUID | None:
        read = _Reader(row)
        card = read.maybe_uuid("gift_card")
        self.errors |= {f"{path}.{name}": why for name, why in read.errors.items()}
        return card

    def _object(self, path: str, row: object) -> Mapping[str, object]:
        if isinstance(row, Mapping):
            return row
        self.errors[path] = "must be an object"
        return {}
