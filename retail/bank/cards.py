"""The cards of the demonstration: what the bank does with each."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

__all__ = ["Card"]


class Card(TextChoices):
    APPROVE = "approve", _("Card, accepted")
    DECLINE = "decline", _("Card, declined")
    ASK = "ask", _("Card, your bank asks")
    LOSE = "lose", _("Card, the answer gets lost")
    MUDDLE = "muddle", _("Card, the bank answers late")

    @property
    def words(self) -> str:
        return str(WORDS[self])


WORDS = {
    Card.APPROVE: _("Demo: the bank says yes"),
    Card.DECLINE: _("Demo: the bank says no"),
    Card.ASK: _("Demo: a page of the bank wants your yes (3-D Secure)"),
    Card.LOSE: _("Demo: the bank says yes, but the line is cut before we hear of it"),
    Card.MUDDLE: _("Demo: its messages come late, twice and in the wrong order"),
}
