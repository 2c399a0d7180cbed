"""allauth for customers: e-mail only, by code, never a member of staff."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest

from retail.staff.models import Account, AccountKind

DEMO_CODE = "demo_code"  # session key


class CustomerAdapter(DefaultAccountAdapter):
    """New accounts are customers. Staff cannot be met: their row has no `email`, where
    alone this sign-in looks (a constraint holds that)."""

    def new_user(self, request: HttpRequest) -> Account:
        account = Account(kind=AccountKind.CUSTOMER)
        account.set_unusable_password()
        return account

    def clean_email(self, email: str) -> str:
        return str(super().clean_email(email)).lower()

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """In the demo nobody has a mailbox, so the page shows the code as well."""
        request = context.get("request") or self.request
        if settings.DEMO and request is not None and "code" in context:
            request.session[DEMO_CODE] = context["code"]
        super().send_mail(template_prefix, email, context)

    def is_safe_url(self, url: str) -> bool:
        """Back to a page of the shop, nowhere else."""
        return bool(super().is_safe_url(url)) and (
            url.startswith("/shop/") or url == "/shop"
        )


def prove_address(account: Account) -> None:
    """The customer's address counts as answered: the next sign-in asks for one code,
    not for two. Idempotent."""
    EmailAddress.objects.get_or_create(
        user=account,
        email=account.email,
        defaults={"verified": True, "primary": True},
    )
