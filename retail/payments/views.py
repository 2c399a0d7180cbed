"""Where providers call. No cookie and no key of ours signs them in: their signature does,
over the body as it came."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from retail import channels
from retail.channels import Channel
from retail.interfaces.problems import Problem
from retail.orders.booking import WrongSum
from retail.payments import providers
from retail.payments.hearing import hear

__all__ = ["call"]

# A call names a payment and what happened; Stripe's are some thousand signs long.
LONGEST = 64 * 1024


@csrf_exempt
@require_POST
def call(request: HttpRequest, provider: str) -> HttpResponse:
    """200 for what was heard, also where it means nothing to us; 400 unsigned or signed
    wrongly; 503 where it must be sent again."""
    if provider not in settings.PAYMENT_VARIANTS:
        return Problem("not-found").response()
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LONGEST:
        return Problem("too-large").response()
    now = timezone.now()
    try:
        event = providers.provider_of(provider).event_in(
            request.body, request.headers, now
        )
    except providers.WrongCall:
        return Problem(
            "invalid", errors={"signature": "wrong, missing or old"}
        ).response()
    # web orders alone are paid by a provider
    with channels.use_snapshot(fresh=True), channels.use_channel(Channel.WEBSHOP):
        try:
            heard = hear(provider, event, at=now)
        except (providers.NoAnswer, providers.Refused):
            return Problem("unavailable").response()
        except WrongSum:
            heard = "doubt"  # the comparison of the books shows it to a person
    return JsonResponse({"heard": heard})
