"""allauth's forms with the house's inputs."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    RequestLoginCodeForm,
    SignupForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _


def dressed(form: forms.BaseForm) -> None:
    """No placeholder stands in for a label."""
    for field in form.fields.values():
        field.widget.attrs["class"] = "input"
        field.widget.attrs.pop("placeholder", None)
    for name, label in (("email", _("E-mail address")), ("code", _("Code"))):
        if name in form.fields:
            form.fields[name].label = label
    if "code" in form.fields:
        form.fields["code"].widget.attrs |= {
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
        }


class AskCode(RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self)


class GiveCode(ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self)


class GiveEmailCode(ConfirmEmailVerificationCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self)


class Join(SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dressed(self)
