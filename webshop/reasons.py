"""Why a store promises the time that it promises, or none, in sentences."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from retail.formatting import day_time, span
from retail.fulfilment.offering import PlaceOffer
from retail.fulfilment.promises import Explained, explain
from webshop.hours import hour_of


def why_then(offer: PlaceOffer) -> list[str]:
    """What `offer.ready_by` is made of; empty where nothing is promised."""
    if offer.ready_by is None:
        return []
    told = explain(offer.location, offer.now, offer.terms)
    words = [
        _start(told, offer.now),
        _("Preparing takes %(time)s, counted while the store is open.")
        % {"time": span(timedelta(minutes=told.lead_minutes))},
        _before(told),
    ]
    if told.goes_on_at is not None:
        words.append(
            _("What is not done before closing goes on at the next opening: %(at)s.")
            % {"at": day_time(told.goes_on_at, now=offer.now)}
        )
    if offer.ready_by > told.ready_by:
        words.append(
            _("Every place until %(at)s is taken.")
            % {"at": day_time(offer.ready_by, now=offer.now)}
        )
    return words


def _start(told: Explained, now: datetime) -> str:
    begins = {"at": day_time(told.begins_at, now=now)}
    if told.waits == "cut_off" and told.cut_off is not None:
        return _(
            "What is ordered after %(hour)s is prepared from the next day of opening:"
            " %(at)s."
        ) % {
            **begins,
            "hour": hour_of(told.cut_off),
        }
    if told.waits:
        return _("The store is closed now; work begins at opening: %(at)s.") % begins
    return _("The store is open: work begins at once.")


def _before(told: Explained) -> str:
    if not told.workload or not told.minutes_per_order:
        return _("No other order comes before yours.")
    return ngettext(
        "%(count)s order comes before yours: %(time)s.",
        "%(count)s orders come before yours: %(time)s.",
        told.workload,
    ) % {
        "count": told.workload,
        "time": span(timedelta(minutes=told.workload * told.minutes_per_order)),
    }


def refusal_of(offer: PlaceOffer) -> str:
    """Why nothing is promised there; empty where something is."""
    if offer.pickup_offered:
        return ""
    if offer.terms.paused:
        return _("This store takes no orders from the site for the moment.")
    if offer.silent:
        return _("This store was silent for too long: nothing is promised.")
    if offer.full:
        return _("Every place of the next days is taken.")
    return _("Not everything in your basket is there")
