"""How often a key, or an address without one, may ask in a minute."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from time_machine import travel

from tests.calling import Caller, a_shop, an_office, counted, refused
from tests.levels import SIDES
from tests.retail.orders.house import NOON, House

pytestmark = pytest.mark.django_db(databases=SIDES)

REDIS = "django.core.cache.backends.redis.RedisCache"


@pytest.fixture(autouse=True)
def two_in_a_minute(settings: Any) -> Iterator[None]:
    """Counted where a house counts: in Redis."""
    settings.API_PER_MINUTE_KEY = settings.API_PER_MINUTE_ANONYMOUS = 2
    kept_in(settings, os.environ["REDIS_URL"])
    with travel(NOON, tick=False):
        yield
        cache.clear()


def kept_in(settings: Any, url: str) -> None:
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": url}}


def test_each_key_has_its_own_count_and_the_next_minute_a_new_one(apart: House) -> None:
    shop, office = a_shop(), an_office()
    for _ in range(2):
        assert shop.get("orders/").status_code == 200
    body = shop.get("orders/")
    refused(body, 429, "too-many-requests")
    assert body["Retry-After"] == "60"
    assert office.get("orders/").status_code == 200
    assert Caller().get("level/").status_code == 200
    with travel(NOON.replace(minute=1), tick=False):
        assert shop.get("orders/").status_code == 200


def test_an_address_is_the_one_that_a_proxy_of_ours_saw(
    apart: House, settings: Any
) -> None:
    """What the sender writes into X-Forwarded-For changes nothing."""
    spoofed = [f"203.0.113.{each}" for each in range(4)]
    answers = [asked(each) for each in spoofed]
    assert answers == [200, 200, 429, 429]
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    answers = [asked(f"{each}, 198.51.100.7") for each in spoofed]
    assert answers == [200, 200, 429, 429]
    assert asked("198.51.100.7, 198.51.100.8") == 200


def asked(forwarded: str) -> int:
    headers = {"X-Forwarded-For": forwarded}
    status: int = Caller().client.get("/api/v1/level/", headers=headers).status_code
    return status


def test_counting_asks_no_database_and_without_a_cache_nobody_is_counted(
    apart: House, settings: Any
) -> None:
    shop = a_shop()
    with counted() as limited:
        shop.get("orders/")
    settings.API_PER_MINUTE_KEY = 0
    with counted() as unlimited:
        shop.get("orders/")
    assert [*map(len, limited.values())] == [*map(len, unlimited.values())]
    settings.API_PER_MINUTE_KEY = 1
    kept_in(settings, "redis://127.0.0.1:1/0")
    for _ in range(3):
        assert shop.get("orders/").status_code == 200
    kept_in(settings, os.environ["REDIS_URL"])  # to be cleared
