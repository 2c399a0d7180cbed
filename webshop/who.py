"""Who visits: a customer with an account, or somebody known by their session alone."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from retail import channels
from retail.customers.models import Customer
from retail.customers.registering import Account, customer_for_account
from retail.interfaces.throttling import address_of
from retail.orders import baskets
from retail.orders.models import Basket
from retail.orders.unpaid import mark_of

VISITOR = "visitor"  # session key of a secret that outlives the change at sign-in
GATHERED = "gathered"  # session key: a basket was begun before signing in
STORE = "store"  # session key: the code of the chosen store
OPENED = "opened"  # session key: ids of orders that a letter's link opened here


@dataclass(frozen=True)
class Visitor:
    """`session` is a hash of the session's secret, "" where the visitor left nothing
    here yet. `maker` signs what the visitor does; `session_maker` also finds what they
    ordered before they signed in. `store_code` is the store of this visit, else the
    customer's usual one."""

    customer: Customer | None
    session: str
    store_code: str

    @property
    def session_maker(self) -> str:
        return f"session:{self.session}" if self.session else ""

    @property
    def maker(self) -> str:
        return f"customer:{self.customer.id}" if self.customer else self.session_maker

    @property
    def collects(self) -> bool:
        """Whether stores are offered to them at all: a trial may be for some."""
        customer = self.customer.id if self.customer else None
        return channels.on(channels.Feature.WEB_TO_STORE, customer=customer)

    def basket(self) -> Basket | None:
        """The open basket, for pages that only read."""
        return baskets.open_basket(customer=self.customer, session=self.session)


def visitor(request: HttpRequest) -> Visitor:
    """The visitor of this request, worked out once. No query for a stranger.

    At the first request after signing in, the basket of before joins the customer's
    own. A signed-in account has answered a code sent to its address, which proves it.
    """
    found: Visitor | None = getattr(request, "visitor", None)
    if found is None:
        found = _visitor(request)
        request.visitor = found  # type: ignore[attr-defined]
    return found


def near(request: HttpRequest) -> str:
    """The mark of the network address that asks."""
    return mark_of(address_of(request))


def begin(request: HttpRequest) -> Visitor:
    """The same, with a session to remember a stranger by: before they gather things."""
    found = visitor(request)
    if found.customer is not None:
        return found
    request.session[GATHERED] = True
    if VISITOR not in request.session:
        request.session[VISITOR] = secrets.token_urlsafe(32)
        request.visitor = None  # type: ignore[attr-defined]
    return visitor(request)


def _visitor(request: HttpRequest) -> Visitor:
    token = request.session.get(VISITOR)
    session = hashlib.sha256(token.encode()).hexdigest() if token else ""
    customer = _customer(request)
    if customer is not None and GATHERED in request.session:
        if session:
            _merge(session, customer)
        del request.session[GATHERED]
    usual = customer.usual_store if customer else ""
    return Visitor(customer, session, request.session.get(STORE, usual))


def _customer(request: HttpRequest) -> Customer | None:
    account = request.user
    if not account.is_authenticated:
        return None
    return customer_for_account(
        cast(Account, account),  # a customer's has an e-mail, a constraint says
        language=(get_language() or "fr")[:2],
        verified_at=account.last_login or timezone.now(),
    )


def _merge(session: str, customer: Customer) -> None:
    with channels.atomic():
        gathered = baskets.open_basket(session=session)
        if gathered is not None:
            baskets.merge(gathered, customer)
