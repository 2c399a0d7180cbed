"""The components of every surface, as tags: `{% load house %}`.

Rendering only: nothing here asks a database. Amounts are `Decimal`, moments are aware
datetimes. The `as_…` filters give the same texts for use inside `blocktranslate`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.ids import new_id
from retail import formatting
from retail.customers.phones import shown
from retail.looks import LEVELS, STATES
from retail.photographs import photograph
from retail.plates import art, plate
from retail.templatetags.remembered import drawn

register = template.Library()

FEW = 3  # up to here the shop says how many are left
FEED_STALE = timedelta(seconds=60)
DEFAULT_PROMISE = timedelta(hours=2)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of the sprite. Silent unless it has a `label` (where no words stand by
    it)."""
    href = f"{_sprite()}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>',
            label,
            href,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href
    )


@cache
def _sprite() -> str:
    return static("retail/icons.svg")


@register.simple_tag
def price(amount: Decimal, currency: str = "EUR", css: str = "") -> SafeString:
    """The price as a label shows it. `css`: huge, large, tag."""
    parts = formatting.money_parts(amount, currency)
    before = format_html("<small>{}</small>", parts.before) if parts.before else ""
    return format_html(
        '<data class="{}" value="{}">{}{}<small>{}</small></data>',
        f"price {css}".rstrip(),
        str(amount),
        before,
        parts.whole,
        parts.after,
    )


@register.simple_tag
def money(amount: Decimal, currency: str = "EUR") -> str:
    return formatting.money(amount, currency)


@register.simple_tag
def unit_price(amount: Decimal, variant: Any) -> str:
    """`12,86 € le kilo`; empty where the net quantity is unknown. `variant` has
    net_quantity and net_unit, of what is weighed those of a kilo."""
    if variant is None or not variant.net_quantity:
        return ""
    return formatting.unit_price(amount, variant.net_quantity, variant.net_unit)


@register.simple_tag
def tell(tone: str, icon_name: str, text: str) -> SafeString:
    """A badge of one or two words. `tone`: ok, info, work, warn, bad, mute."""
    picture = icon(icon_name) if icon_name else ""
    return format_html(
        '<span class="badge" data-tone="{}">{}{}</span>', tone, picture, text
    )


@register.simple_tag
def badge(status: str, word: str = "") -> SafeString:
    """The state of an order, a pickup or a shipment; `word` says it differently (the
    customer's view, the place a transfer comes from). An unknown state raises KeyError:
    a state without a look is a mistake of ours."""
    look = STATES[status]
    return format_html(
        '<span class="badge" data-state="{}" data-tone="{}">{}{}</span>',
        status,
        look.tone,
        icon(look.icon),
        word or look.word,
    )


@register.simple_tag
def stock_badge(available: int, unit: str = "piece") -> SafeString:
    if available <= 0:
        return tell("bad", "x", _("Unavailable"))
    if unit != "piece":
        amount = {"amount": formatting.quantity(available, unit)}
        return tell("ok", "check", _("%(amount)s available") % amount)
    if available <= FEW:
        few = ngettext("Only %(count)s left", "Only %(count)s left", available)
        return tell("warn", "", few % {"count": available})
    many = ngettext("%(count)s available", "%(count)s available", available)
    return tell("ok", "check", many % {"count": formatting.number(available)})


# The shapes of the two dots: blue the web, orange the stores.
_APART = (
    '<circle class="w" cx="6" cy="7" r="5"/><circle class="s" cx="20" cy="7" r="5"/>'
)
_GLYPHS = {
    "multichannel": _APART,
    "cross-channel": f'<path d="M11 7h4"/>{_APART}',
    "custom": f'<path d="M11 7h4" stroke-dasharray="1 1"/>{_APART}',
    "omnichannel": (
        '<circle class="w" cx="6.5" cy="7" r="5.5"/>'
        '<circle class="s" cx="13" cy="7" r="5.5" fill-opacity=".88"/>'
    ),
}


@register.simple_tag
def glyph(level: str, size: str = "") -> SafeString:
    """Two dots: apart, linked or overlapping. `size`: xl. Words always stand beside."""
    return format_html(
        '<svg class="{}" viewBox="0 0 26 14" aria-hidden="true">{}</svg>',
        f"glyph {size}".rstrip(),
        mark_safe(_GLYPHS[level]),  # noqa: S308 -- our own constant
    )


@register.filter
def level_name(level: str) -> str:
    return str(LEVELS[level])


@register.filter
def number(value: int) -> str:
    return formatting.number(value)


@register.simple_tag(takes_context=True)
def why(
    context: Mapping[str, Any], level: str, question: str, now: str, other: str = ""
) -> str:
    """A note of study mode: the visitor's question, one sentence for this level, one
    for the other. Outside study mode it is absent from the page, not hidden."""
    if not context.get("study_mode"):
        return ""
    return render_to_string(
        "house/why.html",
        {"level": level, "question": question, "now": now, "other": other},
    )


@register.inclusion_tag("house/clock.html")
def clock(
    due: datetime,
    now: datetime | None = None,
    since: datetime | None = None,
    before: str = "",
    bar: bool = True,
) -> dict[str, Any]:
    """A promise: words, then a bar that empties. `before` is what is due (`To stage`);
    `since` is when the time began to run (two hours before, unless given)."""
    at = now or timezone.now()
    state, left = formatting.pace(due, since=since or due - DEFAULT_PROMISE, now=at)
    words = formatting.until(due, now=at)
    if before and state != "late":
        words = f"{before} {words}"
    elif not before or state == "late":
        words = words[:1].upper() + words[1:]
    return {
        "pace": state,
        "left": left,
        "words": words,
        "bar": bar,
        "before": before,
        "due": due.isoformat(),
        "since": (since or due - DEFAULT_PROMISE).isoformat(),
    }


@register.simple_tag
def arith(
    on_hand: int, reserved: int, safety: int, available: int, unit: str = "piece"
) -> SafeString:
    return drawn(
        "house/arith.html",
        unit=str(unit),
        on_hand=on_hand,
        reserved=reserved,
        safety=safety,
        available=max(available, 0),
    )


register.simple_tag(new_id, name="new_id")  # for a form that sends one act, once


@register.simple_tag
def big_code(code: str) -> SafeString:
    """The code in the size in which it is shown at the counter, three signs a line."""
    threes = [(code[i : i + 3],) for i in range(0, len(code), 3)]
    return format_html(
        '<p class="big-code">{}</p>',
        format_html_join(" ", "<span>{}</span>", threes),
    )


def _time(at: datetime, text: str) -> SafeString:
    stamp = timezone.localtime(at).isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', stamp, text)


@register.simple_tag
def day_time(at: datetime, now: datetime | None = None, long: bool = False) -> str:
    return _time(at, formatting.day_time(at, now=now, long=long))


@register.simple_tag
def hour(at: datetime) -> str:
    return _time(at, formatting.hour(at))


@register.simple_tag
def slot(start: datetime, end: datetime) -> str:
    return _time(start, formatting.slot(start, end))


@register.simple_tag
def feed_age(as_of: datetime, now: datetime | None = None) -> SafeString:
    """How old the stores' own word is; amber once it is over a minute."""
    at = now or timezone.now()
    tone = "warn" if at - as_of > FEED_STALE else ""
    text = _("Stores last heard %(ago)s") % {"ago": formatting.ago(as_of, now=at)}
    return format_html('<span class="toned" data-tone="{}">{}</span>', tone, text)


register.simple_tag(plate)
register.filter(art)
register.filter("photograph", photograph)
register.filter("as_money", formatting.money)
register.filter("as_number", formatting.number)
register.filter("as_quantity", formatting.quantity)
register.filter("as_kilos", lambda grams: formatting.quantity(grams, "gram")[:-3])
register.filter("as_hour", formatting.hour)
register.filter("as_day", formatting.day)
register.filter("as_long_day", lambda at: formatting.day(at, long=True))
register.filter("as_day_time", formatting.day_time)
register.filter("as_ago", formatting.ago)
register.filter("as_distance", formatting.distance)
register.filter("as_code", formatting.grouped)
register.filter("as_phone", shown)
register.filter("who", formatting.who)
