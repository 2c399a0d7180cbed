"""`/api/v1/customers/{id}/merge-review/`: whether two rows that may be one person are one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from retail import channels
from retail.customers import reviewing
from retail.customers.models import Customer, PossibleMatch
from retail.interfaces.fields import moment
from retail.interfaces.problems import Problem, invalid
from retail.interfaces.schema import answers, page_of
from retail.interfaces.views import ApiView, maker_of, reading_of, told
from retail.staff.models import Scope

SAME, NOT_SAME = "same", "not_same"
MOST = 50  # doubts about one customer


class DecisionSchema(serializers.Serializer[object]):
    other = serializers.UUIDField(help_text="the other customer of the doubt")
    decision = serializers.ChoiceField([SAME, NOT_SAME])


class DoubtSchema(serializers.Serializer[object]):
    customer = serializers.UUIDField()
    other = serializers.UUIDField()
    score = serializers.IntegerField(help_text="0 to 100")
    found_at = serializers.DateTimeField()
    decision = serializers.ChoiceField([SAME, NOT_SAME], allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class MergeReview(ApiView):
    """What the page *One person or two?* decides, for head office's other programs."""

    scopes = (Scope.OFFICE,)
    refusals = (
        (reviewing.NoSuchDoubt, lambda _e: Problem("not-found")),
        (
            reviewing.AlreadyDecided,
            lambda e: Problem("already-decided", decision=_word(e.match.decision)),
        ),
        (
            reviewing.OnePersonNow,
            lambda _e: Problem("already-decided", decision=SAME),
        ),
        (
            reviewing.KeptApart,
            lambda e: Problem("kept-apart", customers=[e.one_id, e.other_id]),
        ),
    )

    @extend_schema(
        operation_id="customers_doubts",
        summary="Who else may be this customer, the likeliest first",
        responses=answers(page_of(DoubtSchema), 404, 409),
    )
    def get(self, request: Request, id: UUID) -> HttpResponse:
        """Decided and undecided; two queries. Where customers are not unified there is
        no doubt to decide: 409 `feature-off`."""
        channels.require(channels.Feature.UNIFIED_CUSTOMERS)
        if not Customer.objects.filter(id=id).exists():
            raise Problem("not-found")
        doubts = PossibleMatch.objects.filter(Q(one_id=id) | Q(other_id=id))
        found = doubts.order_by("-score", "id")[:MOST]
        return told({"results": [_body(each, id) for each in found], "next": None})

    @extend_schema(
        operation_id="customers_merge_review",
        summary="Decide a doubt: one person, or two for good",
        request=DecisionSchema,
        responses=answers(DoubtSchema, 400, 404, 409, 503),
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:
        """No row is merged: the two are linked, or kept apart. The same decision again
        has no second effect."""
        body = reading_of(request)
        other = body.uuid("other", needed=True)
        decision = body.one_of("decision", (SAME, NOT_SAME))
        body.done()
        if other is None or other == id:
            raise invalid(other=_("Name the other customer of the doubt."))
        decide = (
            reviewing.decide_same if decision == SAME else reviewing.decide_not_same
        )
        with channels.atomic():
            match = decide(_doubt(id, other), by=maker_of(request))
        return told(_body(match, id))


def _doubt(one: UUID, other: UUID) -> UUID:
    """Raises NoSuchDoubt, FeatureOff."""
    channels.require(channels.Feature.UNIFIED_CUSTOMERS)
    found = PossibleMatch.objects.filter(
        one_id=min(one, other), other_id=max(one, other)
    ).first()
    if found is None:
        raise reviewing.NoSuchDoubt(other)
    return found.id


def _body(match: PossibleMatch, id: UUID) -> dict[str, Any]:
    return {
        "customer": id,
        "other": match.other_id if match.one_id == id else match.one_id,
        "score": match.score,
        "found_at": moment(match.found_at),
        "decision": _word(match.decision),
        "decided_at": moment(match.decided_at) if match.decided_at else None,
    }


def _word(decision: str) -> str | None:
    return {reviewing.LINKED: SAME, reviewing.NOT_SAME: NOT_SAME}.get(decision)
