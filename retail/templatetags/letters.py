"""How many dead letters and notices wait for a person: beside the link to their page."""

from __future__ import annotations

from django import template
from django.db import DatabaseError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from retail import channels
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
    return format_html(
        '<span class="badge" data-tone="bad">{}<span class="vh"> {}</span></span>',
        count,
        says,
    )


def _of(database: str) -> int:
    with channels.use_channel(channels.channels_of(database)[0]):
        return dead(OutboxMessage).count() + dead(Notice).count()
