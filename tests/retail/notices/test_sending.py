"""From the row to the mailbox: once, with what is true then, and again after a crash."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from retail.channels import open_databases
from retail.fulfilment import pickup
from retail.fulfilment.codes import code_of
from retail.notices import gateway, links, sending
from retail.notices.models import Notice
from retail.notices.sending import MOST_TRIES, TAKEN_FOR, send_due
from retail.notices.tasks import send_notices
from retail.notices.telling import KINDS
from retail.notices.words import WORDS
from tests.builders import a_pickup_order, a_ready_pickup, bob, promise_of
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, UUID]]:
    sent: list[tuple[str, str, UUID]] = []

    class Phone:
        def send(self, to: str, text: str, *, id: UUID) -> None:
            sent.append((to, text, id))

    monkeypatch.setattr(sending, "gateway", Phone)
    return sent


def subjects() -> list[str]:
    return [each.subject for each in mail.outbox]


def test_every_kind_has_words() -> None:
    assert set(WORDS) == KINDS


def test_what_is_due_goes_out_once(both_levels: House) -> None:
    order = a_pickup_order(both_levels, language="en")
    assert (send_notices(), send_notices()) == (1, 0)

    [letter] = mail.outbox
    assert letter.to == [order.email]
    assert letter.subject == "We have received your order."
    assert order.number in letter.body
    [html] = letter.alternatives  # type: ignore[attr-defined]
    assert html[1] == "text/html"
    assert links.url(links.ORDER, order.id) in html[0]
    notice = Notice.objects.get()
    assert (notice.attempts, notice.sent_at is None) == (1, False)


def test_in_french_by_default(both_levels: House) -> None:
    a_pickup_order(both_levels)
    send_due()
    assert 'lang="fr"' in mail.outbox[0].alternatives[0][0]  # type: ignore[attr-defined]


def test_ready_shows_the_code_that_no_row_keeps(
    both_levels: House, phone: list[tuple[str, str, UUID]]
) -> None:
    order = a_ready_pickup(both_levels, phone="+33612345678", language="en")
    send_due()
    code = code_of(promise_of(order))
    spoken = mail.outbox[-1].body.replace("\N{NO-BREAK SPACE}", "")
    assert code in spoken
    assert "To pay at the counter" in mail.outbox[-1].body
    [(to, text, _id)] = phone
    assert to == "+33612345678"
    assert "Your shopping is ready." in text
    assert not any(code in str(each.data) for each in Notice.objects.all())


def test_taken_by_one_worker_it_is_not_sent_by_another(apart: House) -> None:
    a_pickup_order(apart)
    Notice.objects.update(taken_at=timezone.now())
    assert send_due() == 0
    assert mail.outbox == []


def test_after_a_crash_the_same_letter_goes_out_again(apart: House) -> None:
    a_pickup_order(apart)
    send_due()
    # killed after sending and before marking
    Notice.objects.update(sent_at=None)
    assert send_due() == 0
    assert send_due(timezone.now() + TAKEN_FOR + timedelta(seconds=1)) == 1
    first, second = (each.extra_headers["Message-ID"] for each in mail.outbox)
    assert first == second == f"<{Notice.objects.get().id}@sarriette.test>"


def test_a_server_that_is_down_is_tried_again_and_given_up(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(self: object, messages: object) -> None:
        raise ConnectionRefusedError("mail.example: alice@example.org")

    monkeypatch.setattr(EmailBackend, "send_messages", down)
    a_pickup_order(apart)
    now = timezone.now()
    for _ in range(MOST_TRIES):
        assert send_due(now) == 0
        notice = Notice.objects.get()
        assert notice.due_at > now
        now = notice.due_at
    assert notice.dead_at is not None
    # a server's words may quote the address
    assert notice.last_error == "ConnectionRefusedError"
    assert send_due(now + timedelta(days=1)) == 0


def test_one_that_fails_does_not_stop_the_others(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_pickup_order(apart)
    order = a_pickup_order(apart)
    Notice.objects.filter(order_id=order.id).update(kind="pickup_short")
    assert send_due() == 1


def test_an_erased_address_gets_nothing(apart: House) -> None:
    a_pickup_order(apart)
    Notice.objects.update(address="")
    assert send_due() == 0
    assert Notice.objects.get().dead_at is not None


def test_a_reminder_is_sent_while_the_bags_wait(both_levels: House) -> None:
    order = a_ready_pickup(both_levels, language="en")
    until = promise_of(order).hold_until
    assert until is not None
    send_due(until - timedelta(hours=1))
    assert "Your shopping still waits for you." in subjects()


def test_a_reminder_that_is_not_true_any_more_is_not_sent(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    until = promise_of(order).hold_until
    bob(pickup.cancel, order, reason="x")
    assert until is not None
    send_due(until - timedelta(hours=1))
    assert not Notice.objects.filter(kind="pickup_reminder").exists()


def test_nothing_is_sent_inside_a_transaction(
    apart: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connections

    deep: list[int] = []
    around = len(connections["webshop"].savepoint_ids)
    monkeypatch.setattr(
        EmailBackend,
        "send_messages",
        lambda self, messages: deep.append(
            len(connections[open_databases()[0]].savepoint_ids) - around
        ),
    )
    a_pickup_order(apart)
    assert send_due() == 1
    assert deep == [0]


def test_the_console_hides_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    gateway.Console().send("+33612345678", "Ready.", id=UUID(int=1))
    printed = capsys.readouterr().out
    assert "Ready." in printed
    assert "+336123456" not in printed


def test_a_link_opens_one_thing_only() -> None:
    id = UUID(int=7)
    token = links.token(links.COLLECT, id, 3)
    assert links.opened(links.COLLECT, token) == (id, 3)
    for purpose, wrong in [
        (links.SURVEY, token),
        (links.COLLECT, token[:-1]),
        (links.COLLECT, token.replace("-3", "-4")),
        (links.COLLECT, "x"),
    ]:
        with pytest.raises(links.BadLink):
            links.opened(purpose, wrong)
