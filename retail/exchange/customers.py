"""Customers: the records of one channel. A known card changes its record, any other line
makes one. What somebody agreed to is no column: it is asked of them, never filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from inventory.places import Channel
from retail import channels
from retail.customers import linking
from retail.customers.models import Customer
from retail.customers.registering import CARD_LETTER, register
from retail.exchange.cells import (
    Column,
    birthday,
    card,
    email,
    language,
    phone,
    text,
)
from retail.exchange.models import Verdict
from retail.exchange.tables import Change, Judged, Read, Table, Values, Wrong

COLUMNS = (
    Column("card", card),
    Column("email", email),
    Column("phone", phone),
    Column("first_name", text(80)),
    Column("last_name", text(80)),
    Column("birth_date", birthday),
    Column("postcode", text(10)),
    Column("language", language),
)
FIELDS = tuple(each.name for each in COLUMNS if each.name != "card")


def key(values: Values) -> str:
    """The card; without one, the address or the number that is to be new."""
    for name in ("card", "email", "phone"):
        if values.get(name):
            return f"{name} {values[name]}".lower()
    return ""


def judge(channel: Channel, lines: Sequence[Read]) -> Iterable[Judged]:
    """Two queries."""
    cards, emails = _cards(channel, lines), _emails(channel, lines)
    for line in lines:
        known = cards.get(_card(line))
        wrong = _wrong(channel, line, known, emails)
        if wrong is not None:
            yield wrong
        elif known is None:
            yield line, Verdict.NEW
        else:
            yield line, Verdict.CHANGE if changes(known, line) else Verdict.SAME


def _wrong(
    channel: Channel, line: Read, known: Customer | None, emails: dict[str, Customer]
) -> Wrong | None:
    asked, shown = line.values, _card(line)
    address = asked.get("email") or ""
    other = emails.get(address) if address else None
    if shown and known is None and not shown.startswith(f"{CARD_LETTER[channel]}-"):
        return Wrong(line.number, "card", "not-our-card", shown)
    its_own = known is not None and known.email == address  # that changes nothing
    if other is not None and not its_own:
        return Wrong(line.number, "email", "email-known", address)
    if known is None:
        empty = not (shown or address or asked.get("phone"))
        return Wrong(line.number, "card", "nobody") if empty else None
    if known.erased_at is not None:
        return Wrong(line.number, "card", "erased", shown)
    if known.account_id is not None and address and address != known.email:
        return Wrong(line.number, "email", "signs-in", address)
    return None


def changes(known: Customer, line: Read) -> dict[str, Any]:
    """The fields that the line says otherwise. An empty cell says nothing."""
    told = {name: line.values.get(name) for name in FIELDS}
    if told["birth_date"]:
        told["birth_date"] = date.fromisoformat(told["birth_date"])
    return {
        name: value
        for name, value in told.items()
        if value not in (None, "") and getattr(known, name) != value
    }


def apply(change: Change, lines: Sequence[Read]) -> list[Wrong]:
    """Judged once more, then one record after the other: each gets its card, its points
    account and, where customers are unified, its links."""
    wrong: list[Wrong] = []
    known = _cards(change.channel, lines, locked=True)
    emails = _emails(change.channel, lines)
    for line in lines:
        customer = known.get(_card(line))
        refusal = _wrong(change.channel, line, customer, emails)
        if refusal is not None:
            wrong.append(refusal)
        elif customer is None:
            made = _register(change, line)
            emails[made.email] = made  # the next line may name the same address
        elif told := changes(customer, line):
            _change(change, customer, told)
            emails[customer.email] = customer
    return wrong


def _register(change: Change, line: Read) -> Customer:
    asked = {name: str(line.values.get(name) or "") for name in FIELDS}
    born = asked["birth_date"]
    return register(
        id=change.id(line.number),
        channel=change.channel,
        first_name=asked["first_name"],
        last_name=asked["last_name"],
        email=asked["email"],
        phone=asked["phone"],
        card=_card(line),
        birth_date=date.fromisoformat(born) if born else None,
        postcode=asked["postcode"],
        language=asked["language"] or "fr",
        by=change.by,
        at=change.at,
    )


def _change(change: Change, customer: Customer, told: dict[str, Any]) -> None:
    for name, value in told.items():
        setattr(customer, name, value)
    fields = [*told]
    if "email" in told:  # nobody has answered at this one yet
        customer.email_verified_at = None
        fields.append("email_verified_at")
    customer.save(update_fields=fields)
    if "phone" in told and channels.on(channels.Feature.UNIFIED_CUSTOMERS):
        linking.link_new(customer, by=change.by, at=change.at)


def _card(line: Read) -> str:
    return str(line.values.get("card") or "").strip().upper()


def _cards(
    channel: Channel, lines: Sequence[Read], *, locked: bool = False
) -> dict[str, Customer]:
    cards = {shown for line in lines if (shown := _card(line))}
    found = Customer.objects.filter(origin=channel, card__in=cards).order_by("id")
    if locked:
        found = found.select_for_update(no_key=True)
    return {each.card: each for each in found}


def _emails(channel: Channel, lines: Sequence[Read]) -> dict[str, Customer]:
    wanted = {told for line in lines if (told := line.values.get("email"))}
    found = Customer.objects.filter(origin=channel, email__in=wanted, erased_at=None)
    return {each.email: each for each in found}


def rows(channel: Channel) -> Iterator[Sequence[Any]]:
    found = Customer.objects.filter(origin=channel, erased_at=None).order_by("card")
    return found.values_list(*(each.name for each in COLUMNS)).iterator(chunk_size=2000)


TABLE = Table(
    columns=COLUMNS,
    key=key,
    judge=judge,
    apply=apply,
    header=tuple(each.name for each in COLUMNS),
    rows=rows,
)
