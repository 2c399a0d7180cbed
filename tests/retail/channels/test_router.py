import pytest
from django.db import connections

from inventory.models import Product, TaxCategory, Variant
from inventory.places import Channel, Origin
from retail import channels
from retail.channels.router import ContextRouter
from retail.staff.models import Account

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = pytest.mark.django_db(databases=ALL)
router = ContextRouter()


def a_category() -> TaxCategory:
    row = TaxCategory(origin=Origin.HEAD_OFFICE)
    for field in TaxCategory._meta.concrete_fields:
        if field.name == "code":
            row.code = "fr-5.5"
        elif field.get_internal_type() == "DecimalField":
            setattr(row, field.name, "0.055")
    row.save()
    return row


def test_a_row_of_another_database_raises_instead_of_being_cloned() -> None:
    with channels.use_channel(Channel.WEBSHOP):
        row = a_category()
    with channels.use_channel(Channel.POS):
        with pytest.raises(channels.WrongDatabase) as refusal:
            row.save()
        with pytest.raises(channels.WrongDatabase):
            row.refresh_from_db()
        with pytest.raises(channels.WrongDatabase):
            row.delete()
        assert TaxCategory.objects.count() == 0
    assert (refusal.value.found, refusal.value.expected) == ("webshop", "pos")


def test_the_copier_may_cross() -> None:
    with channels.use_channel(Channel.WEBSHOP):
        row = a_category()
    with channels.use_channel(Channel.POS), channels.crossing():
        assert router.db_for_write(TaxCategory, instance=row) == "webshop"
        row.refresh_from_db()


def test_head_office_rows_need_no_channel() -> None:
    assert router.db_for_read(Account) == "default"
    account = Account.objects.create_customer(email="alice@exemple.fr")
    with channels.use_channel(Channel.POS):
        account.refresh_from_db()


def test_rows_of_two_sides_cannot_be_related() -> None:
    with channels.use_channel(Channel.WEBSHOP):
        category = a_category()
    with channels.use_channel(Channel.POS):
        product = Product(origin=Origin.HEAD_OFFICE)
        product._state.db = "pos"
        with pytest.raises(ValueError, match="router"):
            Variant(product=product, tax_category=category)


@pytest.mark.parametrize(
    ("database", "app", "lies_there"),
    [
        ("default", "staff", True),
        ("default", "channels", True),
        ("default", "sessions", True),
        ("default", "inventory", False),
        ("webshop", "retail", True),
        ("pos", "webshop", True),
        ("shared", "pos", True),
        ("shared", "auth", False),
        ("pos", "staff", False),
    ],
)
def test_where_tables_are_made(database: str, app: str, lies_there: bool) -> None:
    assert router.allow_migrate(database, app) is lies_there


def test_atomic_acts_on_the_channels_database() -> None:
    with channels.use_channel(Channel.POS), channels.atomic():
        assert connections["pos"].in_atomic_block
        with pytest.raises(channels.FeatureOff), channels.atomic():
            channels.require(channels.Feature.UNIFIED_LOYALTY)
        assert not connections["pos"].needs_rollback


@pytest.mark.django_db(databases=ALL, transaction=True)
def test_on_commit_waits_for_the_channels_own_commit() -> None:
    rung: list[str] = []
    with channels.use_channel(Channel.POS):
        with channels.atomic():
            with channels.head_office_atomic():
                channels.on_commit(lambda: rung.append("pos"))
            assert rung == []  # head office's commit is not ours
        assert rung == ["pos"]


@pytest.mark.django_db(databases=ALL, transaction=True)
def test_a_bell_that_fails_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    rung: list[str] = []

    def fail() -> None:
        raise ConnectionError

    with channels.use_channel(Channel.WEBSHOP):
        with channels.atomic():
            channels.on_commit(fail)
            channels.on_commit(lambda: rung.append("second"))
            a_category()
        assert TaxCategory.objects.count() == 1
    assert rung == ["second"]
    assert "Error calling" in caplog.text
