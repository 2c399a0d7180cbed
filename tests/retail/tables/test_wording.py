"""Head office reads words, whatever the rows keep."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils.translation import override

from inventory.places import Channel
from retail.channels import use_channel
from retail.formatting import who
from retail.messages.handlers import HANDLERS
from retail.notices.words import WORDS
from retail.office.letter_words import MESSAGES, NOTICES, called
from retail.payments.models import Refund
from retail.tables.telling import cell
from tests.levels import SIDES
from tests.retail.orders.house import House, a_pickup, placed
from tests.signing_in import a_head, sign_in


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def test_every_message_and_every_letter_has_words() -> None:
    assert set(HANDLERS) <= set(MESSAGES)
    assert set(WORDS) <= set(NOTICES)
    assert called("refunded") == "Notice: money given back"
    assert called("unheard.of") == "unheard.of"


def test_a_refund_says_why() -> None:
    said = cell(Refund, "reason")
    assert said(Refund(reason="came too late")) == "Paid when the goods were gone"
    assert said(Refund(reason="unheard of")) == "Unheard of"
    assert said(Refund(reason="")) == "–"


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("employee:018c Inès", "Inès"),
        ("employee:018c", "employee"),
        ("customer:018c", "the customer"),
        ("session:9f", "the customer"),
        ("key:018c", "another system"),
        ("system", "by itself"),
        ("seed", "the demo’s story"),
        ("root (command line)", "root (command line)"),
        ("Jean Marie", "Jean Marie"),
        ("", ""),
    ],
)
def test_who_did_it(by: str, said: str) -> None:
    assert who(by) == said


@pytest.mark.django_db(databases=SIDES)
def test_topics_are_read_and_sifted_in_words(apart: House) -> None:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, "office", a_head())
    with use_channel(Channel.WEBSHOP):
        placed(a_pickup((apart.gtins[0], 1)))
    page = client.get("/admin/retail/outboxmessage/").content.decode()
    words = "A pickup is asked of the store"
    assert f'<span title="pickup.requested">{words}</span>' in page
    assert f'title="{words}"' in page
    assert '?kind=pickup.requested"' in page
