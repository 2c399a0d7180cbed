"""What a customer asks for when ordering, checked word by word before anything moves."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory import gtin
from inventory.quantities import quantity
from retail.customers.models import Customer
from retail.fulfilment.models import Method
from retail.loyalty.points import POINTS_FOR_ONE_EURO
from retail.payments.models import RESTS, PaymentMethod

__all__ = [
    "MIXED",
    "Asked",
    "Invalid",
    "UnknownProduct",
    "body_hash",
    "checked",
    "checked_address",
]

MIXED = "mixed"  # some of it sent, the rest collected
MOST_LINES = 100
LANGUAGES = ("fr", "en")
# Parcels go to metropolitan France: five digits, of which 97 and 98 are overseas
POSTCODE = re.compile(r"(?!9[78])\d{5}")
ADDRESS = {"name": 80, "line1": 120, "line2": 120, "postcode": 5, "city": 80}
TOO_MANY_POINTS = _("Points cannot pay for more than the goods.")
NEEDED = ("name", "line1", "postcode", "city")


class Invalid(Exception):
    """`errors` says of each field what is wrong with it, in words for people."""

    def __init__(self, errors: Mapping[str, str | Promise]) -> None:
        super().__init__({name: str(text) for name, text in errors.items()})
        self.errors = dict(errors)


class UnknownProduct(Exception):
    """Nothing with these barcodes is on sale here."""

    def __init__(self, *gtins: str) -> None:
        super().__init__(*gtins)
        self.gtins = list(gtins)
        self.gtin = self.gtins[0]


@dataclass(frozen=True)
class Asked:
    """`lines` are (gtin, quantity). `method` is "ship" (needs `address`: name, line1,
    line2, postcode, city, country), "collect" (needs `location_code`) or "mixed" (needs
    both: the GTINs in `shipped` are sent, the others collected).

    `slot` is the beginning of the slot in which to collect, None for as soon as ready.
    `payment_method` is "online" or, where all is collected, "at_store"; a `gift_card`,
    named by the hash of its code, pays first, as far as it goes. A guest gives
    `email` and `first_name`; a signed-in customer's are known."""

    lines: Sequence[tuple[str, int]]
    method: str
    location_code: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    collector: str = ""
    payment_method: str = "online"
    redeem_points: int = 0
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    language: str = "fr"
    coupons: Sequence[str] = ()
    shipped: Sequence[str] = ()
    slot: datetime | None = None
    gift_card: str = ""

    @property
    def collects(self) -> bool:
        return self.method in (Method.COLLECT, MIXED)

    @property
    def ships(self) -> bool:
        return self.method in (Method.SHIP, MIXED)


def body_hash(asked: Asked) -> str:
    """The same for the same wish, however often it is sent."""
    words = asdict(asked)
    # a wish without these has the hash that it had before they could be wished for
    for later in ("shipped", "slot", "gift_card"):
        if not words[later]:
            del words[later]
    text = json.dumps(words, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def checked(asked: Asked, customer: Customer | None) -> Asked:
    """The wish in its normal form: texts trimmed, one line per product, a customer's
    own name where none was given. No query.

    Raises Invalid with all fields that are wrong, UnknownProduct for what is no
    barcode, BadQuantity.
    """
    errors: dict[str, str | Promise] = {}
    asked = _parted(replace(asked, lines=_lines(asked.lines, errors)), errors)
    wish = replace(
        asked,
        address=_address(asked.address, errors) if asked.ships else {},
        slot=_slot(asked.slot, errors) if asked.collects else None,
        location_code=_text(asked.location_code, "location", 12, errors),
        collector=_text(asked.collector, "collector", 80, errors),
        email=_text(asked.email, "email", 254, errors).lower(),
        first_name=_text(asked.first_name, "first_name", 80, errors),
        last_name=_text(asked.last_name, "last_name", 80, errors),
        phone=_text(asked.phone, "phone", 20, errors),
        coupons=[_text(code, "coupons", 40, errors) for code in asked.coupons],
    )
    if customer is not None:
        wish = replace(
            wish,
            email=wish.email or customer.email,
            first_name=wish.first_name or customer.first_name,
            last_name=wish.last_name or customer.last_name,
            phone=wish.phone or customer.phone,
        )
    _check_person(wish, customer, errors)
    _check_way(wish, errors)
    _check_points(wish, customer, errors)
    if errors:
        raise Invalid(errors)
    return wish


def checked_address(given: Any) -> dict[str, str]:
    """An address in its normal form. Raises Invalid."""
    errors: dict[str, str | Promise] = {}
    address = _address(given, errors)
    if errors:
        raise Invalid(errors)
    return address


def _lines(lines: Any, errors: dict[str, str | Promise]) -> list[tuple[str, int]]:
    wanted: Counter[str] = Counter()
    for code, number in lines:
        try:
            normal = gtin.valid(code)
        except gtin.BadGtin as error:
            raise UnknownProduct(str(code)) from error
        wanted[normal] = quantity(wanted[normal] + quantity(number))
    if not wanted:
        errors["lines"] = _("Nothing was ordered.")
    if len(wanted) > MOST_LINES:
        errors["lines"] = _("An order has at most 100 different products.")
    return list(wanted.items())


def _parted(asked: Asked, errors: dict[str, str | Promise]) -> Asked:
    """A mixed wish of which all goes one way is a wish for that way."""
    if asked.method != MIXED:
        return replace(asked, shipped=())
    wanted = [code for code, _units in asked.lines]
    try:
        shipped = {gtin.valid(code) for code in asked.shipped}
    except gtin.BadGtin as error:
        raise UnknownProduct(*map(str, asked.shipped)) from error
    if not shipped.issubset(wanted):
        errors["shipped"] = _("Only what is ordered can be sent.")
    if shipped.issuperset(wanted):
        return replace(asked, method=Method.SHIP, shipped=())
    if not shipped:
        return replace(asked, method=Method.COLLECT, shipped=())
    return replace(asked, shipped=sorted(shipped))


def _slot(value: Any, errors: dict[str, str | Promise]) -> datetime | None:
    if value is None:
        return None
    if type(value) is not datetime or value.tzinfo is None:
        errors["slot"] = _("This is no time.")
        return None
    return value.astimezone(UTC)


def _text(value: Any, name: str, most: int, errors: dict[str, str | Promise]) -> str:
    if not isinstance(value, str):
        errors[name] = _("This must be text.")
        return ""
    text = value.strip()
    if len(text) > most:
        errors[name] = _("This is too long.")
    elif text and not text.isprintable():
        errors[name] = _("This contains signs that cannot be printed.")
    return text


def _address(given: Any, errors: dict[str, str | Promise]) -> dict[str, str]:
    if not isinstance(given, Mapping):
        errors["address"] = _("An address is needed.")
        return {}
    address = {
        name: _text(given.get(name, ""), f"address.{name}", most, errors)
        for name, most in ADDRESS.items()
    }
    address["country"] = _text(given.get("country", "FR"), "address.country", 2, errors)
    for name in NEEDED:
        if not address[name]:
            errors.setdefault(f"address.{name}", _("This is needed."))
    if address["postcode"] and not POSTCODE.fullmatch(address["postcode"]):
        errors["address.postcode"] = _("This is no postcode of metropolitan France.")
    if address["country"] != "FR":
        errors["address.country"] = _("We send parcels within France only.")
    return address


def _check_person(
    wish: Asked, customer: Customer | None, errors: dict[str, str | Promise]
) -> None:
    if customer is None and not wish.email:
        errors.setdefault("email", _("This is needed."))
    if customer is None and not wish.first_name:
        errors.setdefault("first_name", _("This is needed."))
    if wish.email:
        try:
            validate_email(wish.email)
        except ValidationError:
            errors["email"] = _("This is no e-mail address.")
    if wish.language not in LANGUAGES:
        errors["language"] = _("This language is not spoken here.")


def _check_way(wish: Asked, errors: dict[str, str | Promise]) -> None:
    if wish.method not in (*Method.values, MIXED):
        errors["method"] = _("Choose delivery or collection.")
    if wish.payment_method not in RESTS:
        errors["payment_method"] = _("Choose how to pay.")
    if wish.collects and not wish.location_code:
        errors.setdefault("location", _("Choose a store."))
    if wish.ships and wish.payment_method == PaymentMethod.AT_STORE:
        errors["payment_method"] = (
            _("A parcel is paid before it leaves: pay all of it by card.")
            if wish.collects
            else _("Only what is collected can be paid in the store.")
        )


def _check_points(
    wish: Asked, customer: Customer | None, errors: dict[str, str | Promise]
) -> None:
    points: Any = wish.redeem_points
    if type(points) is not int or points < 0 or points > 1_000_000:
        errors["redeem_points"] = _("This is no number of points.")
    elif points and customer is None:
        errors["redeem_points"] = _("Sign in to spend your points.")
    elif points % POINTS_FOR_ONE_EURO:
        errors["redeem_points"] = _("Points are spent 30 at a time.")
