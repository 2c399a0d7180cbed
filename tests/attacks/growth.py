"""More of everything that pages show: `MORE` rows of each kind, by the verbs where that
is cheap."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from inventory import counting, transferring
from inventory.ids import new_id
from inventory.models import CountKind, Location, Variant
from inventory.places import Channel, Origin
from pos import parking
from pos.models import Shift, Till
from retail.catalogue import masters
from retail.channels import atomic, head_office_atomic, use_channel
from retail.customers import addresses
from retail.customers.models import Customer, PossibleMatch
from retail.exchange.models import Run
from retail.messages.models import OutboxMessage
from retail.orders.paying import pay
from retail.payments.capturing import first_payment_id
from retail.promotions.making import make_coupon
from retail.service.models import SurveyAnswer
from retail.settlement.models import Difference
from retail.staff.edits import By, Way
from tests.builders import carry, job_of, parcel_of
from tests.inventory import goods
from tests.pos.tills import chloe, sold
from tests.retail.orders.house import House, a_parcel, a_pickup, list_for, placed
from tests.retail.promotions.offers import FIVE_FROM_THIRTY, an_offer
from tests.signing_in import a_device, an_employee
from tests.webshop.visiting import HOME

__all__ = ["MORE", "grow"]

MORE = 4
SARAH = By("Sarah", Way.TABLES)


def grow(house: House, alice: Customer, till: Till) -> dict[str, str]:
    """Call with the webshop pinned, on one database. Answers things with many lines, for
    the words in braces of `crowd`."""
    now = timezone.now()
    _goods_and_places()
    store, other = Location.objects.filter(kind="store").order_by("code")[:2]
    every = dict.fromkeys(Variant.objects.values_list("id", flat=True), 50)
    with atomic():
        goods.stocked(store, every)
        goods.stocked(Location.objects.get(code="W01"), every)
    all_of_it = [(gtin, 1) for gtin in Variant.objects.values_list("gtin", flat=True)]
    large = placed(a_pickup(*all_of_it), customer=alice)
    parcel = placed(a_parcel(*all_of_it), customer=alice)
    pay(parcel, payment_id=first_payment_id(parcel.id), token="approve")
    for n in range(MORE):
        placed(a_pickup((house.gtins[n % 3], 1)), customer=alice)
        sent = placed(a_parcel((house.gtins[n % 3], 1)), customer=alice)
        with atomic():
            street = f"{n + 7} rue des Lilas"
            addresses.keep(alice, id=new_id(), **{**HOME, "line1": street})
            SurveyAnswer.objects.create(
                origin=Origin.WEBSHOP, fulfilment_id=new_id(), order_id=sent.id,
                location="M01", score=4, comment="Bien", at=now,
            )  # fmt: skip
        offer = an_offer(FIVE_FROM_THIRTY, needs_code=True)
        with atomic():
            make_coupon(offer, f"MERCI{n}", most=3)
        an_offer(channel=Channel.POS)
    carry()
    _work(house, store, other, till)
    _office(alice)
    return {
        "order": str(large.id),
        "job": str(job_of(large).id),
        "parcel": str(parcel_of(parcel).id),
    }


def _goods_and_places() -> None:
    known = Variant.objects.count()
    goods.variants(known + MORE, known=known)
    added = list(Variant.objects.order_by("gtin").exclude(listing__isnull=False))
    for channel in Channel:
        list_for(channel, added)
    goods.places(*(f"M{n:02}" for n in range(3, 3 + MORE)))


def _work(house: House, store: Location, other: Location, till: Till) -> None:
    with use_channel(Channel.POS):
        seller = str(Shift.objects.get(till=till, closed_at=None).employee_id)
        articles = list(Variant.objects.values_list("id", flat=True))
        for n in range(MORE):
            sold(house, till, (n % 3, 1), employee=seller)
            parking.park(
                till, id=new_id(), content={}, customer_id=None, units=1,
                total=Decimal("3.40"), by="Inès",
            )  # fmt: skip
            with atomic():
                transferring.ask(
                    store, other, {articles[n % 3]: 1}, id=new_id(), by="employee:1 Ada"
                )
            for place in ("M01", "W01"):
                with atomic():
                    counting.open_count(
                        Location.objects.get(code=place), id=new_id(), label=f"B{n}",
                        kind=CountKind.SHELF, by="employee:1 Ada",
                    )  # fmt: skip


def _office(alice: Customer) -> None:
    now = timezone.now()
    for n in range(MORE):
        an_employee(f"Léa {n}", location="M01")
        a_device("M01")
        one, two = sorted([alice.id, chloe(phone=f"+3363998010{n}").id])
        with atomic():
            PossibleMatch.objects.create(
                origin=Origin.HEAD_OFFICE, one_id=one, other_id=two, score=60,
                reasons=[], found_at=now,
            )  # fmt: skip
            OutboxMessage.objects.create(
                origin=Origin.WEBSHOP, kind="pickup.requested", to="pos",
                subject=new_id(), version=1, payload={}, made_at=now, due_at=now,
                dead_at=now, last_error="no",
            )  # fmt: skip
        Difference.objects.create(
            provider="demo",
            payment_id=f"p{n}",
            kind="captured",
            found_at=now,
            ours=1,
            theirs=2,
        )
        Run.objects.create(
            kind="prices", channel="webshop", name=f"{n}.csv", state="done",
            by="Sarah", made_at=now,
        )  # fmt: skip
        with head_office_atomic(), atomic():
            masters.change(
                Location,
                Location.objects.get(code="M02").pk,
                {"phone": f"+3319900000{n}"},
                by=SARAH,
            )
