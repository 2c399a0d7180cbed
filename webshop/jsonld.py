"""Pages in the words of schema.org, for search engines and assistants.

A `<script type="application/ld+json">` is data, which no browser runs and no policy
blocks. What could end the element is escaped, as Django's json_script does.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from inventory.models import Location
from retail.fulfilment.closings import closings_of, is_closed, today_at
from retail.fulfilment.hours import BadHours, Spans, hours_of, is_holiday, open_on
from webshop.hours import AHEAD

CONTEXT = "https://schema.org"
DAYS = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def product(
    *,
    name: str,
    gtin: str,
    url: str,
    brand: str = "",
    image: str = "",
    category: str = "",
    amount: Decimal,
    currency: str,
    available: bool,
) -> SafeString:
    """A Product with its one Offer; `url` and `image` are absolute. The offer is sold
    out where nothing can be sent nor collected."""
    stock = "InStock" if available else "OutOfStock"
    data = {
        "@type": "Product",
        "name": name,
        f"gtin{len(gtin)}": gtin,
        "sku": gtin,
        "url": url,
        "image": image,
        "category": category,
        "brand": {"@type": "Brand", "name": brand} if brand else None,
        "offers": {
            "@type": "Offer",
            "url": url,
            "price": f"{amount:.2f}",
            "priceCurrency": currency,
            "availability": f"{CONTEXT}/{stock}",
            "itemCondition": f"{CONTEXT}/NewCondition",
            "seller": {"@type": "Organization", "name": "Sarriette"},
        },
    }
    return _script(data)


def store(place: Location, url: str, now: datetime) -> SafeString:
    data = {
        "@type": "GroceryStore",
        "name": f"Sarriette {place.name}",
        "url": url,
        "branchCode": place.code,
        "telephone": place.phone,
        "currenciesAccepted": "EUR",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": place.address,
            "postalCode": place.postcode,
            "addressLocality": place.city,
            "addressCountry": place.country,
        },
        "openingHoursSpecification": _hours(place),
        "specialOpeningHoursSpecification": _special_hours(place, now),
    }
    if place.lat is not None and place.lon is not None:
        data["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": place.lat,
            "longitude": place.lon,
        }
    return _script(data)


def _special_hours(place: Location, now: datetime) -> list[dict[str, Any]]:
    """The days that were closed by their date, and the public holidays soon to come:
    what is closed opens and closes at midnight, as search engines ask."""
    today = today_at(place, now)
    found = [
        _special(each.first, each.last, time.min, time.min)
        for each in closings_of(place)
        if each.last >= today
    ]
    for later in range(AHEAD):
        day = today + timedelta(days=later)
        if is_holiday(place, day) and not is_closed(place, day):
            spans = _open_on(place, day)
            found += [_special(day, day, *span) for span in spans]
    return found


def _open_on(place: Location, day: date) -> Spans:
    try:
        return open_on(place, day) or ((time.min, time.min),)
    except BadHours:
        return ()


def _special(first: date, last: date, opens: time, closes: time) -> dict[str, Any]:
    return {
        "@type": "OpeningHoursSpecification",
        "validFrom": first.isoformat(),
        "validThrough": last.isoformat(),
        "opens": f"{opens:%H:%M}",
        "closes": "23:59" if closes == time.max else f"{closes:%H:%M}",
    }


def _hours(place: Location) -> list[dict[str, Any]]:
    try:
        week = hours_of(place).week
    except BadHours:
        return []
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": DAYS[day],
            "opens": f"{opens:%H:%M}",
            "closes": "23:59" if closes == time.max else f"{closes:%H:%M}",
        }
        for day, spans in enumerate(week)
        for opens, closes in spans
    ]


def _script(data: dict[str, Any]) -> SafeString:
    known = {key: value for key, value in data.items() if value not in ("", None, [])}
    text = json.dumps({"@context": CONTEXT, **known}, ensure_ascii=False)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text.translate(ESCAPES)),  # noqa: S308 (escaped just now)
    )
