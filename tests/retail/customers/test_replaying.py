"""The copier wipes what the application may not: history, and sides that are closed."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from inventory.places import Channel
from pos.models import Ticket
from retail import channels
from retail.channels.models import ClosedSide, Erasure, SwitchRun
from retail.channels.switching import fence, hashing, steps
from retail.customers import erasing
from retail.customers.linking import link_known
from retail.orders.models import OrderEvent
from tests import joining
from tests.levels import SIDES
from tests.retail.customers.forgetting import (
    NAME,
    WORDS,
    a_day,
    a_ticket_of,
    in_store,
    named_in,
    on_web,
)
from tests.retail.orders.house import open_house

pytestmark = pytest.mark.django_db(databases=SIDES, transaction=True)

HEAD, WEB, POS = "head_office", "webshop", "pos"


def close(*sides: str) -> None:
    """As a run leaves them, with what they hold written down."""
    run = SwitchRun.objects.create(
        kind="join",
        from_level="cross-channel",
        to_level="omnichannel",
        state="done",
        by="test",
        started_at=timezone.now(),
    )
    for alias in sides:
        fence.close(alias)
        steps.remember(run, alias)


def replayed() -> dict:
    out = StringIO()
    call_command("erasures", "replay", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_apart_every_copy_forgets_the_row_that_was_asked_of() -> None:
    house = open_house("cross-channel")
    with channels.use_channel(Channel.WEBSHOP):
        customer = on_web()
        parcel, _pickup, _guest = a_day(house, customer)
        event = OrderEvent.objects.filter(order=parcel).first()
        OrderEvent.objects.create(
            origin=event.origin,
            order=parcel,
            kind="noted",
            before=event.after,
            after=event.after,
            at=timezone.now(),
            by="employee:1 Bob",
            data={"reason": f"{NAME} rang", "units": 2},
        )
    in_store(first_name="Zoé", last_name="", phone="+33639980178")
    joining.copy("webshop", "shared", origins=[HEAD, WEB])
    close("shared")
    assert "retail_pickupjob" in named_in("pos")
    assert "retail_order" in named_in("shared")

    with channels.use_channel(Channel.WEBSHOP):
        erasing.erase(customer, by="test")
    assert "retail_orderevent" in named_in("webshop")  # append only
    # the stores' database learnt the collector's name from a message
    assert "retail_pickupjob" in named_in("pos")
    with pytest.raises(CommandError):
        call_command("erasures", "status", stdout=StringIO())

    told = replayed()
    assert told["erased"] == 1
    for alias in ("default", *channels.SIDES):
        assert named_in(alias) == [], alias
    for alias in channels.SIDES:
        assert told["databases"][alias] == {"wiped": 1, "left": {}}
    with channels.use_channel(Channel.WEBSHOP):
        noted = OrderEvent.objects.get(kind="noted")
    assert noted.data == {"reason": "", "units": 2}
    assert named_in("pos", ("Zoé",)) == ["retail_customer"]  # nobody asked for her
    # another write past the fence would still be seen
    assert ClosedSide.objects.get(alias="shared").figures == hashing.held("shared")
    assert erasing.replay_all() == dict.fromkeys(channels.SIDES, 0)
    assert erasing.is_finished()


def test_together_the_closed_sides_forget_both_rows() -> None:
    house = open_house("omnichannel")
    with channels.use_channel(Channel.WEBSHOP):
        web, store = on_web(), in_store()
        with channels.atomic():
            link_known(by="system")
        a_day(house, web)
    ticket = a_ticket_of(house, store)
    joining.copy("shared", "webshop", origins=[HEAD, WEB])
    joining.copy("shared", "pos", origins=[HEAD, POS])
    close("webshop", "pos")
    with channels.use_channel(Channel.POS):
        erasing.erase(store, by="test")
    assert "pos_ticket" in named_in("shared")
    replayed()
    for alias in ("default", *channels.SIDES):
        assert named_in(alias, WORDS) == [], alias
    with channels.use_channel(Channel.POS):
        kept = Ticket.objects.get(id=ticket.id)
    assert (kept.canonical, kept.hash) == (ticket.canonical, ticket.hash)
    assert (kept.total, kept.customer_id) == (ticket.total, store.id)
    for alias in ("webshop", "pos"):
        assert ClosedSide.objects.get(alias=alias).figures == hashing.held(alias)

    # a copy that comes back, from a backup or a run, is wiped again
    joining_back = "UPDATE retail_customer SET phone = '+33639980177' WHERE id = %s"
    with joining.owner("shared") as owner:
        owner.execute(joining_back, [web.id])
    assert erasing.status()["databases"]["shared"]["left"] == {"retail_customer": 1}
    assert erasing.replay("shared") == 1
    assert named_in("shared") == []


def test_while_a_run_stands_closed_sides_are_the_runs() -> None:
    open_house("cross-channel")
    with channels.use_channel(Channel.WEBSHOP):
        erasing.erase(on_web(), by="test")
    close("shared")
    SwitchRun.objects.update(state="running")
    assert set(erasing.replay_all()) == {"webshop", "pos"}
    assert set(Erasure.objects.get().wiped) == {"webshop", "pos"}
    # once it closes a side, nobody else passes the fence there
    fence.close("webshop")
    with pytest.raises(erasing.Closing):
        erasing.replay_all()
    with connections["default"].cursor() as cursor:
        # in this database: other runs hold locks of their own on the same server
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND d.datname = current_database()"
        )
        assert cursor.fetchone()[0] == 0
