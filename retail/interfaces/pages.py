"""`/problems/<slug>`: what the `type` of a problem means, for the person who met it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from retail.interfaces.problems import KINDS


@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    kind = KINDS.get(slug)
    if kind is None:
        raise Http404
    return render(request, "interfaces/problem.html", {"slug": slug, "kind": kind})
