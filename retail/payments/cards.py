"""What a customer may choose between when they pay online."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from retail.bank.cards import Card
from retail.payments.providers import chosen

__all__ = ["Choice", "choices", "is_demo"]


@dataclass(frozen=True)
class Choice:
    """`token` is what the provider is told."""

    token: str
    label: str
    words: str


def is_demo() -> bool:
    """Whether no money moves."""
    return chosen() == "demo"


def choices() -> list[Choice]:
    """In the language of the request; none where nobody takes money online."""
    if is_demo():
        return [Choice(each.value, str(each.label), each.words) for each in Card]
    if not chosen():
        return []
    words = _("On the pages of Stripe; your card’s number stays there.")
    return [Choice("checkout", _("Card"), words)]
