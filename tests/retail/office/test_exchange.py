"""The office's pages of import and export."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.test import Client

from inventory.prices import priced
from retail.channels import Channel
from retail.exchange import importing
from retail.exchange.models import Run, State
from retail.office import exchange
from retail.staff.models import Account, Role
from tests.levels import SIDES
from tests.retail.orders.house import House, everything
from tests.signing_in import PASSWORD, a_head, an_employee, sign_in
from tests.webshop.visiting import text_of

pytestmark = pytest.mark.django_db(databases=SIDES)
PAGE = "/office/exchange/"


@pytest.fixture
def head(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "office", a_head())
    return client


def sent(head: Client, content: bytes, *, kind: str = "prices", channel: str = "pos"):
    file = io.BytesIO(content)
    file.name = "prices.csv"
    return head.post(PAGE, {"kind": kind, "channel": channel, "file": file})


def test_a_file_is_looked_at_then_brought_in(both_levels: House, head: Client) -> None:
    gtin = both_levels.gtins[0]
    before = everything()
    answer = sent(head, f"gtin;amount\n{gtin};2,95\n{gtin};1\n1;1\n".encode())
    page = text_of(head.get(answer["Location"]))
    assert "1 line would change something. Nothing has changed yet." in page
    assert "Bring 1 line in, leave 2 out" in page
    assert "Check the barcode" in page
    assert everything() == before

    done = head.post(answer["Location"] + "confirm/", follow=True)
    assert "Done: 1 line." in text_of(done)
    with exchange.channels.use_channel(Channel.POS):
        assert priced(Channel.POS, [gtin])[gtin].amount == Decimal("2.95")
    again = head.post(answer["Location"] + "confirm/", follow=True)
    assert "That was decided before." in text_of(again)
    assert text_of(head.get(PAGE)).count("prices.csv") == 1


def test_it_may_be_given_up(apart: House, head: Client) -> None:
    where = sent(head, f"gtin;amount\n{apart.gtins[0]};2\n".encode())["Location"]
    page = text_of(head.post(where + "abandon/", follow=True))
    assert "Nothing was changed, and the file is forgotten." in page
    assert Run.objects.get().state == State.ABANDONED


def test_what_is_left_may_be_given_up(apart: House, head: Client) -> None:
    where = sent(head, f"gtin;amount\n{apart.gtins[0]};2\n".encode())["Location"]
    run = importing.confirm(Run.objects.get())
    assert "Give up what is left" in text_of(head.get(where))
    Run.objects.update(done=1)  # as if some lines were
    page = text_of(head.post(where + "abandon/", follow=True))
    assert "What was done stays, the rest is left" in page
    assert "1 of 1 lines had been done" in text_of(head.get(where))
    run.refresh_from_db()
    assert run.state == State.ABANDONED


def test_what_cannot_be_read_is_said_on_the_form(
    apart: House, head: Client, monkeypatch: pytest.MonkeyPatch, subtests
) -> None:
    monkeypatch.setattr(exchange, "MOST_BYTES", 60)
    for content, words in [
        (b"PK\x03\x04xxx", "This is a spreadsheet."),
        (b"gtin;amount\n1;caf\xe9\n", "Line 2: A sign cannot be read."),
        (b"gtin\n1\n", "Line 1: A column is missing."),
        (b"", "There is nothing in this file."),
        (b"g" * 61, "This file is too large for a page."),
    ]:
        with subtests.test(words=words):
            answer = sent(head, content)
            assert answer.status_code == 422
            assert words in text_of(answer)
    assert head.post(PAGE, {}).status_code == 422
    assert not Run.objects.exists()


def test_a_table_of_either_channel_is_taken_out(
    both_levels: House, head: Client
) -> None:
    for channel in Channel:
        given = {"kind": "stock", "channel": channel}
        answer = head.post(PAGE + "export/", given)
        assert Run.objects.filter(state=State.EXPORTED, channel=channel).exists()
        text = b"".join(answer).decode("utf-8-sig")
        place = "W01" if channel == Channel.WEBSHOP else "M01"
        assert f"{place},{both_levels.gtins[0]}," in text
        assert f"stock-{channel}-" in answer["Content-Disposition"]
    assert Run.objects.filter(state=State.EXPORTED).count() == 2
    assert head.post(PAGE + "export/", {"kind": "x"}).status_code == 404


def test_head_office_alone(apart: House, client: Client) -> None:
    account = Account.objects.create_staff(login="max", password=PASSWORD)
    manager = an_employee("Max", role=Role.MANAGER, pin="", account=account)
    sign_in(client, "office", manager)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE + "export/", {"kind": "stock"}).status_code == 403


def test_queries(apart: House, head: Client, django_assert_num_queries) -> None:
    """Of head office's database; the sides are asked for dead letters alone."""
    where = sent(head, f"gtin;amount\n{apart.gtins[0]};2\n".encode())["Location"]
    head.get(PAGE)
    for page, most in [(PAGE, 5), (where, 7)]:
        with django_assert_num_queries(most, using="default"):
            head.get(page)
