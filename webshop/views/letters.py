"""Pages that the link of a letter opens, without signing in: the order itself, a code
for a named collector, and the question how it went."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from retail.fulfilment.codes import collector_code_of
from retail.fulfilment.identity import card_wanted
from retail.fulfilment.models import Fulfilment
from retail.fulfilment.states import FulfilmentStatus as F
from retail.notices import links
from retail.orders.models import Order
from retail.service import surveys
from webshop import hours, parts, progress, qr
from webshop.views.orders import typed
from webshop.who import OPENED

OPENS_FOR = timedelta(days=90)  # after the order's end
MOST_OPENED = 20  # orders that one session remembers
GONE = 410


@require_safe
def order(request: HttpRequest, token: str) -> HttpResponse:
    """Opens the order in this session: who reads the customer's letters may see it."""
    id, _number = _opened(links.ORDER, token)
    found = Order.objects.filter(id=id).first()
    if found is None or _wiped(found) or _long_over(found):
        raise Http404
    known = [each for each in request.session.get(OPENED, []) if each != str(id)]
    request.session[OPENED] = [*known, str(id)][-MOST_OPENED:]
    return redirect("shop_order", id=id)


@require_safe
def collect(request: HttpRequest, token: str) -> HttpResponse:
    """A named collector's own code. Of the buyer no more than a first name; 410 once
    somebody else was named, or nothing is left to collect."""
    promise, version = _promise(links.COLLECT, token)
    code = collector_code_of(promise)
    shown = promise.status in {*parts.WITH_CODE, F.REQUESTED, F.PLACED}
    given: dict[str, Any] = {"promise": promise, "place": promise.location}
    if version != promise.collector_version or not code or not shown:
        return _page(request, "webshop/collect.html", given, status=GONE)
    now = timezone.now()
    label = _("QR code of the pickup code %(code)s") % {"code": code}
    given |= {
        "code": code,
        "qr": qr.picture(code, label=label),
        "card": card_wanted(promise),
        "buyer": promise.order.first_name,
        "waits": promise.status in {F.READY, F.CHECKED_IN, F.PARTLY_COLLECTED},
        "until": progress.promise_in_words(promise, now),
        "store_now": hours.now_in_words(promise.location, now),
        "week": hours.week_in_words(promise.location),
    }
    return _page(request, "webshop/collect.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """How it went: one to five, and a sentence. The answer may be changed."""
    promise, _version = _promise(links.SURVEY, token)
    status = 200
    if request.method == "POST":
        score = typed(request, "score", 2)
        try:
            surveys.answer(
                promise,
                score=int(score) if score.isdecimal() else 0,
                comment=typed(request, "comment", surveys.MOST_SIGNS),
            )
        except surveys.BadScore:
            status = 422
        except surveys.NotYet:
            messages.error(request, _("There is nothing to judge yet."))
            return redirect("shop_survey", token=token)
        else:
            messages.success(request, _("Thank you. You may change your answer."))
            return redirect("shop_survey", token=token)
    scores = [
        (5, _("Very well")),
        (4, _("Well")),
        (3, _("So-so")),
        (2, _("Badly")),
        (1, _("Very badly")),
    ]
    shown = {
        "promise": promise,
        "open": promise.status in surveys.OVER,
        "scores": scores,
        "answer": surveys.answer_of(promise.id),
        "most": surveys.MOST_SIGNS,
        "wrong": status != 200,
    }
    return _page(request, "webshop/survey.html", shown, status=status)


def _opened(purpose: str, token: str) -> tuple[UUID, int]:
    try:
        return links.opened(purpose, token)
    except links.BadLink as error:
        raise Http404 from error


def _promise(purpose: str, token: str) -> tuple[Fulfilment, int]:
    id, number = _opened(purpose, token)
    found = Fulfilment.objects.select_related("order", "location").filter(id=id).first()
    if found is None or _wiped(found.order):
        raise Http404
    return found, number


def _wiped(order: Order) -> bool:
    """Its customer was erased: no letter of theirs opens anything."""
    return order.email.endswith("@erased.invalid")


def _long_over(order: Order) -> bool:
    ended = order.finished_at
    return ended is not None and ended < timezone.now() - OPENS_FOR


def _page(
    request: HttpRequest, name: str, given: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    response = render(request, name, given, status=status)
    patch_cache_control(response, private=True, no_store=True)
    # the address is the key: it is told to nobody else
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
