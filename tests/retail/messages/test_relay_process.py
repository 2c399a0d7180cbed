"""The relay as a process: it hears, it stops when asked, it outlives a database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from threading import Event, Thread
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from inventory.ids import new_id
from inventory.places import Channel
from retail.channels import atomic, use_channel
from retail.messages import relay
from retail.messages.models import InboxMessage, OutboxMessage
from retail.messages.outbox import tell
from tests import cloning, servers
from tests.levels import SIDES
from tests.retail.orders.house import set_level

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)
SOON = 60.0


@pytest.fixture
def apart_now() -> Iterator[None]:
    set_level("cross-channel")
    with use_channel(Channel.WEBSHOP):
        yield


def ask_to_cancel_nothing() -> UUID:
    """A message whose handler refuses it for now: it shows by its tries that the relay
    has seen it."""
    subject = new_id()
    with atomic():
        tell(
            Channel.POS,
            "pickup.cancel_requested",
            subject=subject,
            payload={"by": "customer:1"},
            origin=Channel.WEBSHOP,
        )
    return subject


def tell_and_fail() -> None:
    with atomic():
        tell(
            Channel.POS,
            "pickup.cancel_requested",
            subject=new_id(),
            payload={},
            origin=Channel.WEBSHOP,
        )
        raise ZeroDivisionError


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def seen(subject: UUID) -> bool:
    return OutboxMessage.objects.get(subject=subject).attempts > 0


def test_a_commit_rings(apart_now: None) -> None:
    ears = relay.Ears()
    try:
        assert not ears.wait(0.01)
        ask_to_cancel_nothing()
        assert ears.wait(SOON)
        assert not ears.wait(0.01)
        with pytest.raises(ZeroDivisionError):
            tell_and_fail()
        assert not ears.wait(0.05)
    finally:
        ears.close()


def test_it_runs_until_it_is_told(apart_now: None) -> None:
    stop = Event()
    thread = Thread(target=relay.run, args=[stop])
    thread.start()
    try:
        subject = ask_to_cancel_nothing()
        assert until(lambda: seen(subject))
    finally:
        stop.set()
        thread.join(SOON)
    assert not thread.is_alive()


def test_the_process_outlives_its_connections_and_stops_when_asked(
    apart_now: None,
) -> None:
    given = {
        servers.url_variable(alias): servers.url(cloning.clone_name(alias))
        for alias in SIDES
    } | {"RETAIL_DB_ROLE": "app"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "relay"],
        cwd=servers.PROJECT,
        env={**os.environ, **given, "DJANGO_SETTINGS_MODULE": "retail.settings"},
        stderr=subprocess.PIPE,
    )
    try:
        first = ask_to_cancel_nothing()
        assert until(lambda: seen(first)), "the relay did not start"
        with servers.admin() as admin:
            names = [cloning.clone_name(alias) for alias in SIDES]
            gone = admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = ANY(%s)",
                [names],
            ).fetchall()
        assert len(gone) >= 4
        connections.close_all()
        second = ask_to_cancel_nothing()
        assert until(lambda: seen(second)), "the relay did not come back"
        process.send_signal(signal.SIGTERM)
        assert process.wait(SOON) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        assert process.stderr is not None
        process.stderr.close()


def test_two_relays_share_the_work(apart_now: None) -> None:
    """A row that another relay holds is passed by, not waited for."""
    now = timezone.now()
    subject = new_id()
    OutboxMessage.objects.create(
        origin="webshop",
        to="pos",
        kind="pickup.cancel_requested",
        subject=subject,
        version=1,
        payload={},
        made_at=now,
        due_at=now,
    )
    answered: list[int] = []
    with atomic():
        OutboxMessage.objects.select_for_update().get(subject=subject)

        def other() -> None:
            answered.append(relay.relay_once(Channel.WEBSHOP))
            connections.close_all()

        thread = Thread(target=other)
        thread.start()
        thread.join(SOON)
    assert answered == [0]
    assert not seen(subject)
    with use_channel(Channel.POS):
        assert not InboxMessage.objects.exists()
