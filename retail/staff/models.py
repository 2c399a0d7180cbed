"""People who sign in, the devices they stand at, and the keys of other systems.

All in head office's database. Business rows keep a plain id and a name of them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from inventory.ids import new_id
from inventory.places import Channel
from retail.staff.edit_models import Edit
from retail.staff.look_up_models import LookUp

__all__ = [
    "Account",
    "AccountKind",
    "ApiKey",
    "Edit",
    "Employee",
    "EnrolmentCode",
    "LookUp",
    "Role",
    "Scope",
    "TillDevice",
]


class AccountKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    STAFF = "staff", _("Staff")


class AccountManager(BaseUserManager["Account"]):
    def create_customer(self, *, email: str) -> Account:
        """A shop account without a password: its owner signs in by code."""
        account = self.model(kind=AccountKind.CUSTOMER, email=email.lower())
        account.set_unusable_password()
        account.save(using=self._db)
        return account

    def create_staff(
        self, *, login: str, password: str, contact_email: str = "", admin: bool = False
    ) -> Account:
        """`admin`: may use the table editor with all rights."""
        account = self.model(
            kind=AccountKind.STAFF,
            login=login,
            contact_email=contact_email,
            is_superuser=admin,
        )
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(
        self, login: str, password: str | None = None, **more: Any
    ) -> Account:
        """Django's `createsuperuser` asks by this name."""
        return self.create_staff(login=login, password=password or "", admin=True)


class Account(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: a customer by `email`, staff by `login`.

    The two never meet. Staff's address is `contact_email`, where the customers' sign-in
    does not look, so one person may be both with the same address.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=AccountKind)
    # staff have none: NULLs are not equal, empty texts would be
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001
    login = models.CharField(max_length=80, unique=True, null=True, blank=True)
    contact_email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    # wrong passwords in a row
    fails = models.PositiveIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "kind", Lower("email"), name="one_account_per_email"
            ),
            # the border between customers and staff: each has the other's name empty
            models.CheckConstraint(
                name="account_is_of_one_kind",
                condition=Q(
                    kind="customer",
                    email__isnull=False,
                    login__isnull=True,
                    is_superuser=False,
                )
                | Q(kind="staff", email__isnull=True, login__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.login or self.email or str(self.id)

    @property
    def is_staff(self) -> bool:
        """Django's admin asks by this name; who gets in is decided by the role."""
        return self.kind == AccountKind.STAFF


class Role(models.TextChoices):
    CASHIER = "cashier", _("Cashier")
    MANAGER = "manager", _("Store manager")
    WAREHOUSE = "warehouse", _("Warehouse")
    HEAD_OFFICE = "head_office", _("Head office")


class Employee(models.Model):
    """Somebody who works here. `location_code` is empty at head office.

    A PIN is the second step on an enrolled device, never a sign-in alone. `fails` counts
    wrong ones in a row, in the database, so that no restart forgives them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.OneToOneField(
        Account, null=True, blank=True, on_delete=models.PROTECT
    )
    first_name = models.CharField(max_length=40)
    role = models.CharField(max_length=11, choices=Role)
    location_code = models.CharField(max_length=12, blank=True)
    pin_hash = models.CharField(max_length=128, blank=True, editable=False)
    fails = models.PositiveIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, blank=True, editable=False)
    # searches for customers since then; an older time means none
    looked_up = models.PositiveIntegerField(default=0, editable=False)
    looked_up_from = models.DateTimeField(null=True, blank=True, editable=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["location_code"])]

    def __str__(self) -> str:
        return f"{self.first_name} ({self.get_role_display()})"


class TillDevice(models.Model):
    """A tablet enrolled for one place: a till's (`till_id`), or a warehouse's board
    (no till). It shows its token in a cookie; only the token's hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    till_id = models.UUIDField(null=True, blank=True)
    location_code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.CharField(max_length=80)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # wrong PINs on this device in a row, whoever they were for
    fails = models.PositiveIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["location_code"])]

    def __str__(self) -> str:
        return self.name


class EnrolmentCode(models.Model):
    """A short code that makes one device one till, once, for some minutes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    till_id = models.UUIDField(null=True, blank=True)
    location_code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    made_by = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    SHOP = "shop", _("Shop")
    TILL = "till", _("Till")
    STORE = "store", _("Store")
    OFFICE = "office", _("Office")


class ApiKey(models.Model):
    """A credential of another system. It never names a database or a level."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.CharField(max_length=6, choices=Scope)
    channel = models.CharField(max_length=7, choices=Channel)
    location_code = models.CharField(max_length=12, null=True, blank=True)  # noqa: DJ001 - none is not a place
    till_id = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # a till's or store's key must say where: nothing else limits it
            models.CheckConstraint(
                name="key_has_its_place",
                condition=~Q(scope__in=["till", "store"])
                | Q(location_code__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name
