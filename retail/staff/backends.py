"""Two ways in that never meet: customers by code, staff by login and password."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from retail.staff.models import Account, AccountKind


class StaffBackend(ModelBackend):
    """Login and password, staff only. Also answers Django's permissions."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> Account | None:
        if username is None or password is None:
            return None
        account = Account.objects.filter(login=username).first()
        if account is None:
            Account().set_password(password)  # as slow as a wrong password
            return None
        if account.check_password(password) and self.user_can_authenticate(account):
            return account
        return None

    def get_user(self, user_id: UUID) -> Account | None:
        return of_kind(user_id, AccountKind.STAFF)


class CustomerBackend(AuthenticationBackend):
    """allauth's, for customers only; sign-in by code names it without a password."""

    def authenticate(self, request: HttpRequest, **_: Any) -> None:
        return None

    def get_user(self, user_id: UUID) -> Account | None:
        return of_kind(user_id, AccountKind.CUSTOMER)


def of_kind(user_id: UUID, kind: AccountKind) -> Account | None:
    return Account.objects.filter(pk=user_id, kind=kind, is_active=True).first()
