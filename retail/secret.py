"""The key that signs cookies and keys the pickup codes, where none is given."""

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def kept(var: Path, *, may_make: bool) -> str:
    """The key in `var/secret_key`, made once for a demo. Raises ImproperlyConfigured
    where none may be made: a retailer names his own, or all sessions end with `var`."""
    file = var / "secret_key"
    if not file.exists():
        if not may_make:
            raise ImproperlyConfigured("set SECRET_KEY (50 random characters or more)")
        var.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_urlsafe(50), encoding="ascii")
        file.chmod(0o600)
    return file.read_text(encoding="ascii")
