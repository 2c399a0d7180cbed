"""The law of ownership: joining is a union, parting a split, and nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from inventory.models import StockLevel
from inventory.places import Channel, Origin
from retail import books, channels
from retail.channels.routing import route
from retail.channels.snapshot import forget
from retail.demo import seeding
from retail.loyalty.models import LoyaltyAccount, LoyaltyEntry
from tests import cloning, joining
from tests.living import seeded
from tests.trading import trade_a_day

SIDES = ["default", "webshop", "pos", "shared"]
WEB, POS, HEAD = (o.value for o in (Origin.WEBSHOP, Origin.POS, Origin.HEAD_OFFICE))

# Who may own the rows of each table.
MASTER = (
    "department taxcategory product variant location person customerlink possiblematch"
    " notsame"
)
EITHER = (
    "listing price stocklevel stockmovement reservation stockexception customer"
    " consentevent loyaltyaccount loyaltyentry basket basketline order orderline orderevent"
    " payment refund fulfilment fulfilmentline pickupjob pickupline pickupevent"
    " shipjob shipline shipevent outboxmessage inboxmessage transfer transferline notice"
    " count countline pickupoffer pickupsetting pickupslot surveyanswer promotion coupon couponuse"
    " giftcard giftcardentry address outsideevent"
)
OWNERS: dict[str, frozenset[str]] = {
    name: frozenset(owners)
    for names, owners in (
        (MASTER, [HEAD]),
        (EITHER, [WEB, POS]),
        ("storeavailability feedstate stockalert", [WEB]),
        ("till shift ticket ticketline tender return cashmove", [POS]),
        ("closing closingtender parkedticket quickkeys", [POS]),
    )
    for name in names.split()
}

# References across owners are plain ids; docs/ownership.md explains each.
CROSS_OWNER = {
    ("customer", "account_id"),
    ("customerlink", "customer_id"),
    ("possiblematch", "one_id"),
    ("possiblematch", "other_id"),
    ("notsame", "one_id"),
    ("notsame", "other_id"),
    ("loyaltyentry", "redemption_id"),
    ("basket", "order_id"),
    ("couponuse", "reference"),
    ("giftcardentry", "reference"),
    ("payment", "gift_card_id"),
    ("tender", "gift_card_id"),
    ("pickupjob", "order_id"),
    ("shipjob", "order_id"),
    ("notice", "order_id"),
    ("notice", "subject"),
    ("surveyanswer", "order_id"),
    ("surveyanswer", "fulfilment_id"),
    ("outboxmessage", "subject"),
    ("inboxmessage", "subject"),
    ("inboxmessage", "message_id"),
    ("shift", "employee_id"),
    ("ticket", "employee_id"),
    ("ticket", "customer_id"),
    ("ticket", "order_id"),
    ("ticket", "approval_id"),
    ("ticket", "approved_by"),
    ("return", "order_id"),
    ("return", "order_line_id"),
    ("cashmove", "order_id"),
    ("cashmove", "employee_id"),
    ("cashmove", "approval_id"),
    ("cashmove", "approved_by"),
    ("closing", "approval_id"),
    ("closing", "approved_by"),
    ("closing", "employee_id"),
    ("parkedticket", "customer_id"),
    ("countline", "last_event"),
}


def test_every_row_has_an_id_of_its_maker_and_an_owner() -> None:
    for model in joining.business_models():
        assert isinstance(model._meta.pk, models.UUIDField), model
        assert not model._meta.get_field("origin").null, model
        assert model._meta.model_name in OWNERS, f"{model} has no line in the law"


def test_foreign_keys_stay_with_one_owner_or_point_at_master_data() -> None:
    for model in joining.business_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey):
                continue
            target = OWNERS[field.related_model._meta.model_name]
            assert target == {HEAD} or target >= OWNERS[model._meta.model_name], field


def test_references_across_owners_are_the_written_list() -> None:
    found = {
        (model._meta.model_name, field.name)
        for model in joining.business_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.UUIDField) and not field.primary_key
    }
    assert found == CROSS_OWNER


@pytest.fixture
def joined(
    live_templates: Callable[[str | None], None], transactional_db: None, settings: Any
) -> None:
    """Two databases seeded apart, and their union in the third."""
    settings.DEMO = True
    live_templates("cross-channel")
    for alias in ("default", "webshop", "pos"):
        cloning.clone(
            alias, cloning.migrations_key(), template=seeded("cross-channel") + alias
        )
    forget()
    joining.copy("webshop", "shared", origins=[HEAD, WEB])
    joining.copy("pos", "shared", origins=[POS])


@pytest.mark.django_db(databases=SIDES, transaction=True)
def test_union_trade_and_parting_lose_nothing(joined: None) -> None:
    """Seeded apart, joined, a day traded on the union, parted: every row in its place."""
    assert joining.hashes("webshop", origins=[HEAD]) == joining.hashes(
        "pos", origins=[HEAD]
    ), "master data must be equal on every side"
    apart = {
        WEB: joining.hashes("webshop", origins=[WEB]),
        POS: joining.hashes("pos", origins=[POS]),
    }
    for origin, before in apart.items():
        assert joining.hashes("shared", origins=[origin]) == before
    for alias in ("webshop", "pos"):
        seeding.empty(alias)

    route("omnichannel", by="test", why="test")
    traded = trade_a_day()
    assert traded["linked"] >= 8
    assert_books_hold()

    parted = {
        origin: joining.hashes("shared", origins=[origin]) for origin in (WEB, POS)
    }
    assert parted != apart, "the day left no trace"
    joining.copy("shared", "webshop", origins=[HEAD, WEB])
    joining.copy("shared", "pos", origins=[HEAD, POS])
    assert joining.hashes("webshop", origins=[WEB]) == parted[WEB]
    assert joining.hashes("pos", origins=[POS]) == parted[POS]
    assert joining.hashes("webshop", origins=[POS]) == nothing()
    assert joining.hashes("pos", origins=[WEB]) == nothing()

    route("cross-channel", by="test", why="test")
    assert_balances_rebuild()
    assert_books_hold()


def nothing() -> dict[str, tuple[int, str]]:
    return {
        model._meta.db_table: (0, "0")
        for model in joining.business_models()
        if model not in joining.DERIVED
    }


def assert_books_hold() -> None:
    broken = [r for r in books.check(channels.open_databases()) if r.rows]
    assert not broken, broken


def assert_balances_rebuild() -> None:
    """Each side rebuilds its balances from its own rows alone, and they are equal."""
    for channel in Channel:
        with channels.use_channel(channel):
            for account in LoyaltyAccount.objects.all():
                entries = LoyaltyEntry.objects.filter(account=account)
                total = sum(entry.points for entry in entries)
                assert account.balance == total >= 0
            levels = StockLevel.objects.filter(origin=channel.value)
            assert levels.count() == StockLevel.objects.count() > 0
