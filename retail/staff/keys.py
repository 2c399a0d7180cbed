"""Keys of other systems: `rk_<prefix>_<secret>`, kept as a hash."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from inventory.places import Channel
from retail.codes import at_random
from retail.staff.models import ApiKey, Scope
from retail.staff.tokens import hash_of, new_token, same

MARK = "rk"


class KeyNeedsPlace(Exception):
    """A till's or store's key must name its location."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"a key of scope {scope.value} needs a location")
        self.scope = scope


def create_key(
    *,
    scope: Scope,
    channel: Channel,
    location_code: str | None = None,
    till_id: UUID | None = None,
    name: str,
) -> tuple[ApiKey, str]:
    """The row and the key, which is shown here and never again. Raises
    KeyNeedsPlace."""
    scope = Scope(scope)
    if scope in {Scope.TILL, Scope.STORE} and not location_code:
        raise KeyNeedsPlace(scope)
    prefix = at_random(8)
    raw = f"{MARK}_{prefix}_{new_token()}"
    row = ApiKey.objects.create(
        scope=scope,
        channel=Channel(channel),
        location_code=location_code,
        till_id=till_id,
        name=name,
        prefix=prefix,
        key_hash=hash_of(raw),
        created_at=timezone.now(),
    )
    return row, raw


def key_for(raw: str) -> ApiKey | None:
    """The living key that this text is. One query by its prefix, one comparison in
    constant time."""
    mark, _, rest = raw.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or len(prefix) != 8 or not secret or "\x00" in raw:
        return None
    living = "SELECT * FROM staff_apikey WHERE prefix = %s AND revoked_at IS NULL"
    found = next(iter(ApiKey.objects.raw(living, [prefix])), None)
    if found is None or not same(found.key_hash, hash_of(raw)):
        return None
    return found


def revoke_key(key: ApiKey) -> None:
    """Idempotent: the first time counts."""
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    key.refresh_from_db()
