"""`/api/v1/level/`: where the dial stands, for anybody."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from retail.channels import Level
from retail.channels.status import status
from retail.interfaces.problems import Problem
from retail.interfaces.schema import answers
from retail.interfaces.views import ApiView, told


class FeatureSchema(serializers.Serializer[object]):
    on = serializers.BooleanField()
    stores = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="the pilot stores, where it is not on everywhere",
    )


class LevelSchema(serializers.Serializer[object]):
    level = serializers.ChoiceField([each.value for each in Level])
    features = serializers.DictField(child=FeatureSchema())


class ShowLevel(ApiView):
    public = True

    @extend_schema(
        operation_id="level",
        summary="The level and its features",
        responses=answers(LevelSchema, public=True),
    )
    def get(self, request: Request) -> HttpResponse:
        found = status()
        features = {
            name: {"on": flag["on"], "stores": flag["stores"]}
            for name, flag in found["features"].items()
        }
        return told({"level": found["level"], "features": features})


class Nowhere(ApiView):
    """Addresses of the API that lead nowhere, said in its own words."""

    public = True
    schema = None

    def get(self, request: Request) -> HttpResponse:
        raise Problem("not-found")

    post = put = patch = delete = get
