"""How many dead letters and notices wait for a person: beside the link to their page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django import template
from django.db import DatabaseError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from retail import channels, formatting
from retail.messages.letters import dead
from retail.messages.models import OutboxMessage
from retail.notices.models import Notice

register = template.Library()


@register.simple_tag
def letters_to_see() -> SafeString:
    """Two queries for each open database, of partial indexes; nothing for none."""
    try:
        count = sum(_of(database) for database in channels.open_databases())
    except DatabaseError:  # one is away: the page is not about it, and says so here
        return format_html('<span class="badge" data-tone="warn">{}</span>', "?")
    if not count:
        return SafeString("")
    says = ngettext(
        "%(count)s waits for a person", "%(count)s wait for a person", count
    ) % {"count": count}
    # a label, not hidden words beside it: those would stick out of the bar on a phone
    return format_html(
        '<span class="badge" data-tone="bad" role="img" aria-label="{}">{}</span>',
        says,
        count,
    )


@register.filter
def lasting(seconds: float) -> str:
    """`0.4 s`, `12 s`, `36 min`."""
    if seconds < 10:
        return f"{formatting.number(Decimal(str(round(seconds, 1))), places=1)}\u00a0s"
    return formatting.span(timedelta(seconds=seconds))


def _of(database: str) -> int:
    with channels.use_channel(channels.channels_of(database)[0]):
        return dead(OutboxMessage).count() + dead(Notice).count()
