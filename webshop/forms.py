"""What is typed at the checkout. What may be ordered is decided by `orders.placing`."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from retail.customers import addresses
from retail.customers.models import Customer
from retail.fulfilment.models import Method
from retail.loyalty.models import GiftCard
from retail.orders.asking import MIXED, Asked
from retail.orders.baskets import BasketContents
from retail.payments.cards import choices
from retail.payments.models import PaymentMethod

AT_STORE = "at_store"
# The field of the form that a refusal of `placing` is about.
FIELD_OF = {
    "location": "store",
    "payment_method": "payment",
    "address.line1": "line1",
    "address.line2": "line2",
    "address.postcode": "postcode",
    "address.city": "city",
    "address.name": "first_name",
    "slot": "store",
    "shipped": "method",
}
WAY = "way_"  # and the GTIN: how a line of a mixed basket is received
SLOT = "slot_"  # and the store's code: the slot picked there


def seen_of(basket: BasketContents, card: GiftCard | None) -> str:
    """What the visitor saw: products, quantities, prices and what offers made of them,
    and what their gift card holds. A basket that changed in another tab, a price at
    midnight or a card that was emptied meanwhile is not ordered unseen.
    """
    rows = [f"{each.gtin} {each.quantity} {each.total}" for each in basket.lines]
    if card is not None:
        rows.append(f"{card.id} {card.balance}")
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:32]


def text(label: Any, most: int, autocomplete: str, **more: Any) -> forms.CharField:
    attributes = {"class": "input", "autocomplete": autocomplete}
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.TextInput(attrs=attributes),
        **more,
    )


def _kept(customer: Customer) -> dict[str, str]:
    """The address that the customer put first, as a proposal."""
    kept = addresses.first_of(customer)
    names = ("line1", "line2", "postcode", "city")
    return {name: getattr(kept, name) for name in names} if kept else {}


class Checkout(forms.Form):
    """`order` is the id that the server gave this form: sent twice, it is one order."""

    order = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=32)
    parcel = forms.DecimalField(widget=forms.HiddenInput, required=False)
    method = forms.ChoiceField(
        label=_("How would you like to receive it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose delivery or collection.")},
    )
    store = forms.CharField(
        label=_("Store"), max_length=12, required=False, widget=forms.RadioSelect
    )
    collector = text(
        _("Somebody else collects: their first name"), 80, "off", required=False
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email"}),
        error_messages={"invalid": _("Write an address such as name@example.com.")},
        help_text=_("For the confirmation of this order and nothing else."),
    )
    first_name = text(_("First name"), 80, "given-name")
    last_name = text(_("Last name"), 80, "family-name", required=False)
    line1 = text(_("Street and number"), 120, "address-line1", required=False)
    line2 = text(_("Building, floor"), 120, "address-line2", required=False)
    postcode = text(_("Postcode"), 5, "postal-code", required=False)
    city = text(_("Town"), 80, "address-level2", required=False)
    redeem_points = forms.IntegerField(
        label=_("Points to spend"),
        min_value=0,
        required=False,
        widget=forms.NumberInput(attrs={"class": "input", "step": 30}),
    )
    payment = forms.ChoiceField(
        label=_("How would you like to pay?"),
        widget=forms.RadioSelect,
        choices=lambda: [
            *((each.token, each.label) for each in choices()),
            (AT_STORE, _("At the store, when you collect")),
        ],
        error_messages={"required": _("Choose how to pay.")},
    )

    def __init__(
        self,
        *args: Any,
        customer: Customer | None,
        balance: int,
        methods: Sequence[tuple[str, str | Promise]],
        ways: Mapping[str, str] | None = None,
        sums: Mapping[str, Decimal] | None = None,
        **kwargs: Any,
    ) -> None:
        """`ways` are those proposed for each GTIN where a basket may be mixed, `sums`
        what its units cost, for the page to add up."""
        super().__init__(*args, **kwargs)
        self.customer = customer
        if customer is not None and not self.is_bound:
            self.initial = {**_kept(customer), **self.initial}
        # asked of whoever has it delivered; no browser may insist, it shows both ways
        self.use_required_attribute = False
        for name in ("line1", "postcode", "city"):
            self.fields[name].required = not self.is_bound or bool(
                self.data.get("method") in (Method.SHIP, MIXED)
            )
        self.fields["method"].choices = methods  # type: ignore[attr-defined]
        for gtin, way in (ways or {}).items():
            self.fields[WAY + gtin] = forms.ChoiceField(
                choices=[
                    (Method.COLLECT, _("Collect it")),
                    (Method.SHIP, _("Have it delivered")),
                ],
                initial=way,
                required=False,
                widget=forms.Select(
                    attrs={"class": "input", "data-sum": str((sums or {}).get(gtin, 0))}
                ),
            )
        if customer is None or not balance:
            del self.fields["redeem_points"]
        if customer is not None and customer.email:
            del self.fields["email"]
        if customer is not None and customer.first_name:
            del self.fields["first_name"], self.fields["last_name"]

    def ways(self) -> dict[str, str]:
        """{GTIN: "collect" or "ship"} as chosen, or as proposed."""
        return {
            name.removeprefix(WAY): self[name].value() or field.initial
            for name, field in self.fields.items()
            if name.startswith(WAY)
        }

    def slots(self) -> dict[str, str]:
        """{store's code: what was picked there}; whatever a browser sent."""
        return {
            name.removeprefix(SLOT): str(value)
            for name, value in self.data.items()
            if name.startswith(SLOT)
        }

    def slot(self) -> datetime | None:
        """The slot picked at the store chosen; None is as soon as ready. Raises
        ValueError for what is no time."""
        given = self.slots().get(self.cleaned_data["store"], "")
        return datetime.fromisoformat(given) if given else None

    def asked(
        self, basket: BasketContents, *, language: str, card: GiftCard | None
    ) -> Asked:
        """The wish, in the words of `placing`. Of a way of receiving that was not
        chosen nothing is taken over: a browser sends those fields too. Raises
        ValueError."""
        given = self.cleaned_data
        collect = given["method"] != Method.SHIP
        ship = given["method"] != Method.COLLECT
        at_store = given["payment"] == AT_STORE
        shipped = [gtin for gtin, way in self.ways().items() if way == Method.SHIP]
        return Asked(
            lines=[(each.gtin, each.quantity) for each in basket.lines],
            method=given["method"],
            location_code=given["store"] if collect else "",
            address=self._address() if ship else {},
            collector=given["collector"] if collect else "",
            payment_method=PaymentMethod.AT_STORE if at_store else PaymentMethod.ONLINE,
            redeem_points=given.get("redeem_points") or 0,
            email=given.get("email", ""),
            first_name=given.get("first_name", ""),
            last_name=given.get("last_name", ""),
            language=language,
            coupons=list(basket.coupons),
            shipped=shipped if given["method"] == MIXED else (),
            slot=self.slot() if collect else None,
            gift_card=card.code_hash if card else "",
        )

    def _address(self) -> dict[str, str]:
        given = self.cleaned_data
        name = f"{given.get('first_name', '')} {given.get('last_name', '')}".strip()
        if self.customer is not None:
            name = name or self.customer.name
        kept = {field: given[field] for field in ("line1", "line2", "postcode", "city")}
        return {"name": name[:80], **kept, "country": "FR"}

    def refuse(self, errors: Mapping[str, str | Promise]) -> None:
        """Shows each refusal at its field, or above the form."""
        for name, words in errors.items():
            field = FIELD_OF.get(name, name)
            self.add_error(field if field in self.fields else None, str(words))
