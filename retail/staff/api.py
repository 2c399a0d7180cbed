"""`Authorization: Bearer KEY`: who calls, and as which channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from retail.channels import pin
from retail.staff.keys import key_for
from retail.staff.models import ApiKey

if TYPE_CHECKING:  # the views read their settings, which name this module
    from rest_framework.views import APIView


class KeyAuthentication(BaseAuthentication):
    """Sets `request.auth` to the ApiKey and pins its channel for the request.

    Without the header nobody is signed in and no channel is pinned.
    """

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        try:
            raw = words[1].decode("ascii") if len(words) == 2 else ""
        except UnicodeDecodeError:
            raw = ""
        key = key_for(raw)
        if key is None:
            raise AuthenticationFailed
        pin(key.channel)  # type: ignore[arg-type]
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    """Any key whose scope the view lists in `scopes`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        wanted = getattr(view, "scopes", ())
        return isinstance(request.auth, ApiKey) and request.auth.scope in wanted
