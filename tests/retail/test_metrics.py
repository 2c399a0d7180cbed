"""The monitor's page: who may read it, and that its figures are true."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inventory.places import Channel
from retail import metrics
from retail.channels import use_channel
from retail.fulfilment.models import FeedState
from retail.messages.models import OutboxMessage
from tests.builders import a_pickup_order
from tests.calling import counted
from tests.levels import SIDES, both_levels
from tests.retail.orders.house import House

__all__ = ["both_levels"]

pytestmark = pytest.mark.django_db(databases=SIDES)
KEY = "a-key-of-the-monitor"
# a name, label values that are no more than words, a number
SAMPLE = re.compile(
    r'(retail_[a-z_]+)\{((?:[a-z]+="[\w -]*",?)*)\} (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)'
)


@pytest.fixture(autouse=True)
def _key(settings: Any) -> None:
    settings.METRICS_KEY = KEY


def read() -> dict[tuple[str, str], float]:
    """{(name, label values by comma): value}, of a page whose every line is right."""
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == metrics.KIND
    found, told = {}, set()
    for line in answer.content.decode().splitlines():
        if line.startswith("# TYPE "):
            told.add(line.split()[2])
        if line.startswith("#"):
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        name, labels, value = sample.groups()
        assert name in told
        found[name, ",".join(re.findall(r'"(.*?)"', labels))] = float(value)
    return found


@pytest.mark.parametrize(
    ("key", "demo", "header", "status"),
    [
        (KEY, False, "", 404),
        (KEY, False, "Bearer another", 404),
        (KEY, True, "", 404),
        ("", False, "", 404),
        ("", False, "Bearer ", 404),
    ],
)
def test_only_who_knows_the_key_may_look(
    settings: Any, key: str, demo: bool, header: str, status: int
) -> None:
    settings.METRICS_KEY, settings.DEMO = key, demo
    headers = {"Authorization": header} if header else None
    assert Client().get("/metrics", headers=headers).status_code == status


def test_a_demo_without_a_key_shows_it(both_levels: House, settings: Any) -> None:
    settings.METRICS_KEY, settings.DEMO = "", True
    assert Client().get("/metrics").status_code == 200


def test_the_figures_are_true(both_levels: House) -> None:
    apart = both_levels.level == "cross-channel"
    web, store = ("webshop", "pos") if apart else ("shared", "shared")
    before = read()
    assert before["retail_level", both_levels.level] == 1
    assert {before["retail_database_up", alias] for alias in SIDES} == {1}
    assert before["retail_pickups_open", f"{store},placed"] == 0
    a_pickup_order(both_levels, (0, 2))
    with use_channel(Channel.WEBSHOP):
        OutboxMessage.objects.update(made_at=timezone.now() - timedelta(minutes=5))
        FeedState.objects.update(as_of=timezone.now() - timedelta(minutes=7))
    with counted() as sql:
        found = read()
    assert found["retail_pickups_open", f"{store},placed"] + found[
        "retail_pickups_open", f"{store},accepted"
    ] == (1)
    assert found["retail_orders_open", f"{web},placed"] == 1
    made = "retail_order_numbers_total", web
    assert found[made] == before[made] + 1
    if apart:
        assert 410 < found["retail_feed_age_seconds", "M01"] < 480
        assert ("retail_feed_age_seconds", "W01") not in found
    else:
        assert not any("feed_age" in name for name, _ in found)
    # one for whether it is there, then one for each metric, and the feeds
    each = len(metrics.METRICS) + 1
    assert [len(sql[alias]) for alias in {web, store}] in (
        [[each + 1, each], [each, each + 1]] if apart else [[each]]
    )


def test_messages_that_wait_or_were_given_up(both_levels: House) -> None:
    web = "webshop" if both_levels.level == "cross-channel" else "shared"
    now = timezone.now()
    for number, given in enumerate(
        (
            {},
            {"sent_at": now},
            {"dead_at": now},
            {"dead_at": now, "act": "aside"},
        ),
        1,
    ):
        OutboxMessage.objects.create(
            origin=Channel.WEBSHOP,
            kind="pickup.requested",
            to=Channel.POS,
            subject=both_levels.variants[both_levels.gtins[0]],
            version=number,
            payload={},
            made_at=now - timedelta(minutes=5),
            due_at=now,
            **given,
        )
    found = read()
    assert found["retail_outbox_waiting", f"{web},pos"] == 1
    assert 290 < found["retail_outbox_oldest_seconds", web] < 360
    assert found["retail_outbox_dead", web] == 1
