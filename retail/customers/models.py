"""Customers as each channel knows them, and the links that make one person of many.

Nobody is ever merged: a `Customer` row stays with the channel that registered it. A
`Person` gathers rows that belong together, only where databases are shared.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Row, owned_by
from inventory.places import Origin

__all__ = [
    "Address",
    "ConsentEvent",
    "Customer",
    "CustomerLink",
    "LinkReason",
    "NotSame",
    "Person",
    "PossibleMatch",
    "Purpose",
]


class Customer(Row):
    """A customer on the books of one channel.

    `account_id` is the sign-in account (head office) that acts as this customer, if
    any. `email` is lower case; it proves something only once `email_verified_at` is
    set. `phone` is E.164. `card` starts with the channel's letter: W or M.
    """

    account_id = models.UUIDField(null=True, editable=False)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    email_verified_at = models.DateTimeField(null=True)
    phone = models.CharField(max_length=16, blank=True)
    card = models.CharField(max_length=20)
    birth_date = models.DateField(null=True)
    postcode = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=2, default="fr")
    # what they prefer: a store's code, a way (collect, ship), notices they do without
    usual_store = models.CharField(max_length=20, blank=True, default="", db_default="")
    receives = models.CharField(max_length=7, blank=True, default="", db_default="")
    unwanted = models.JSONField(default=list, db_default=[])
    registered_at = models.DateTimeField()
    # when the customer last put another phone number here: see `changing.lately`
    contact_changed_at = models.DateTimeField(null=True)
    # where a store registered the customer; empty on the web
    registered_by = models.CharField(max_length=80, blank=True)
    # personal data was wiped on request; what remains is the row and its points
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            owned_by("customer", Origin.WEBSHOP, Origin.POS),
            models.UniqueConstraint(
                fields=["origin", "account_id"],
                condition=Q(account_id__isnull=False),
                name="one_customer_per_account",
            ),
            models.UniqueConstraint(
                fields=["origin", "card"], name="one_customer_per_card"
            ),
        ]
        indexes = [
            models.Index(fields=["email"], condition=~Q(email=""), name="by_email"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="by_phone"),
            models.Index(fields=["card"]),
        ]

    def __str__(self) -> str:
        return self.name or self.card

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Person(Row):
    """One human being behind one or more customer rows."""

    made_at = models.DateTimeField()

    class Meta:
        constraints = [owned_by("person", Origin.HEAD_OFFICE)]

    def __str__(self) -> str:
        return str(self.id)


class LinkReason(models.TextChoices):
    """Why two rows are held to be one person: a certain rule, or a person's word."""

    EMAIL = "email", _("the same verified e-mail")
    PHONE = "phone", _("the same phone number")
    CARD = "card", _("the same card shown")
    ACCOUNT = "account", _("the same sign-in")
    SCORE = "score", _("everything known of them agrees")
    REVIEW = "review", _("decided by hand")


class CustomerLink(Row):
    """That a customer row belongs to a person. `customer_id` is a plain id, because
    the row it names has another owner. `score` (0 to 100) where no rule was certain."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    customer_id = models.UUIDField()
    reason = models.CharField(max_length=10, choices=LinkReason)
    score = models.PositiveSmallIntegerField(null=True)
    by = models.CharField(max_length=80)
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            owned_by("customer_link", Origin.HEAD_OFFICE),
            models.UniqueConstraint(
                fields=["customer_id"],
                condition=Q(ended_at__isnull=True),
                name="one_live_link_per_customer",
            ),
        ]
        indexes = [models.Index(fields=["person"])]

    def __str__(self) -> str:
        return f"{self.customer_id} ({self.reason})"


class PossibleMatch(Row):
    """Two rows that may be one person: for a human to look at. `one_id` is the smaller
    id. `score` is 0 to 100; `reasons` a list of {"rule", "agrees": 0 to 1, "weight"}.
    `decision` is empty until somebody decided."""

    one_id = models.UUIDField()
    other_id = models.UUIDField()
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField()
    decision = models.CharField(
        max_length=8,
        blank=True,
        choices=[("linked", _("one person")), ("not_same", _("not the same person"))],
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            owned_by("possible_match", Origin.HEAD_OFFICE),
            models.UniqueConstraint(
                fields=["one_id", "other_id"], name="possible_match_once"
            ),
            models.CheckConstraint(
                name="possible_match_in_order",
                condition=Q(one_id__lt=models.F("other_id")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-score"], condition=Q(decision=""), name="match_undecided"
            )
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.other_id} ({self.score})"


class NotSame(Row):
    """Somebody decided that these two rows are two people: no run links them again.
    `one_id` is the smaller id."""

    one_id = models.UUIDField()
    other_id = models.UUIDField()
    decided_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            owned_by("not_same", Origin.HEAD_OFFICE),
            models.UniqueConstraint(
                fields=["one_id", "other_id"], name="not_same_once"
            ),
            models.CheckConstraint(
                name="not_same_in_order", condition=Q(one_id__lt=models.F("other_id"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≠ {self.other_id}"


class Purpose(models.TextChoices):
    """What a customer may allow their data to be used for."""

    EMAIL_OFFERS = "email_offers", _("Offers by e-mail")
    SMS_OFFERS = "sms_offers", _("Offers by text message")


class ConsentEvent(Row):
    """A customer allowed or refused one purpose, on one channel, to one wording. Append
    only: what holds is computed from the events, and a refusal wins."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=20, choices=Purpose)
    granted = models.BooleanField()
    # which text was agreed to, and in which language it was read
    wording = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [owned_by("consent_event", Origin.WEBSHOP, Origin.POS)]
        indexes = [models.Index(fields=["customer", "purpose", "-at"])]

    def __str__(self) -> str:
        return f"{self.purpose} {'yes' if self.granted else 'no'}"


class Address(Row):
    """Where a customer has things sent, kept by them. `first` is the one that a
    checkout proposes. The owner is the customer's."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="addresses"
    )
    line1 = models.CharField(max_length=120)
    line2 = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2, default="FR")
    first = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            owned_by("address", Origin.WEBSHOP, Origin.POS),
            # two tabs cannot both make theirs the first
            models.UniqueConstraint(
                fields=["customer"], condition=Q(first=True), name="one_first_address"
            ),
        ]
        indexes = [models.Index(fields=["customer"])]

    def __str__(self) -> str:
        return f"{self.line1}, {self.postcode} {self.city}"
