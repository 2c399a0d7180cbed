"""A statement may name more values than the protocol counts."""

from __future__ import annotations

import pytest
from django.db import connections

from inventory.ids import new_id
from inventory.models import Variant
from retail.channels import Channel, use_channel

pytestmark = pytest.mark.django_db(databases=["default", "webshop"])
MANY = 70_000


def test_more_values_than_the_protocol_counts() -> None:
    marks = ", ".join(["%s"] * MANY)
    with connections["webshop"].cursor() as cursor:
        for values in (range(MANY), [f"it’s 5 % {n}" for n in range(MANY)]):
            cursor.execute(f"SELECT cardinality(ARRAY[{marks}])", list(values))
            assert cursor.fetchone() == (MANY,)
        cursor.execute("SELECT %s::text || '%%'", ["5"])
        assert cursor.fetchone() == ("5%",)


def test_a_long_list_of_ids() -> None:
    with use_channel(Channel.WEBSHOP):
        found = Variant.objects.filter(id__in=[new_id() for _ in range(MANY)])
        assert not found.exists()
