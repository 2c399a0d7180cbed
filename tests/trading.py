"""A day of trade on one database, by the product's own verbs."""

from datetime import timedelta

from django.utils import timezone

from inventory.models import Location
from inventory.places import Channel, Origin
from pos import web_returns
from pos.models import ReturnReason
from retail import channels
from retail.customers.linking import link_known
from retail.customers.models import Customer
from retail.demo import script
from retail.demo.performing import customer_id, perform
from retail.loyalty import points

POS = Origin.POS.value


def trade_a_day() -> dict[str, int]:
    """Links, web orders and pickups, till sales, goods of the web that come back to a
    store, a redemption over both accounts."""
    now = timezone.now()
    with channels.use_channel(Channel.WEBSHOP), channels.atomic():
        report = link_known(by="test", at=now)
    story = [
        script.OrderOnWeb(
            "union-ship", now - timedelta(hours=3), "alice",
            lines=((1, 2), (30, 1)), until="ship", minutes=5,
        ),
        script.OrderOnWeb(
            "union-collect", now - timedelta(hours=2), "bruno",
            lines=((2, 1), (40, 2)), store="BAT", pay="at_store",
            until="hand-over", minutes=3,
        ),
        script.OrderOnWeb(
            "union-open", now - timedelta(hours=1), "camille",
            lines=((5, 1),), store="BAT", until="ready", minutes=3,
        ),
        script.BuyInStore(
            "union-sale", now - timedelta(minutes=50), "alice", "BAT", 1,
            lines=((6, 3), (7, 2)), shows="web", tender="cash",
        ),
    ]  # fmt: skip
    for act in story:
        assert perform(act).answer == "done", act
    return {
        "linked": report_links(report),
        "returned": bring_back("union-collect", to="LFO"),
        "spent": spend_everything("alice"),
    }


def report_links(report: object) -> int:
    return int(getattr(report, "links", 0))


def bring_back(key: str, *, to: str) -> int:
    """One unit of an order that another store handed over and was paid for."""
    with channels.use_channel(Channel.POS):
        back = web_returns.take_back(
            script.act_id("order", key),
            {2: 1},
            id=script.act_id("union-return"),
            location=Location.objects.get(code=to),
            reason=ReturnReason.UNWANTED,
            restock=True,
            by="test",
        )
    assert back.money.counter > 0
    return len(back.returns)


def spend_everything(key: str) -> int:
    """More than either account holds alone, so that both must give."""
    with channels.use_channel(Channel.POS), channels.atomic():
        customer = Customer.objects.get(id=customer_id(key, Channel.POS))
        balance = points.balance(customer)
        assert len([part for part in balance.parts if part.points]) == 2
        spent = balance.total // points.POINTS_FOR_ONE_EURO * 30
        own = next(p.points for p in balance.parts if p.origin == POS)
        assert spent > own
        points.redeem(
            customer,
            points=spent,
            redemption_id=script.act_id("union-redemption"),
            reference=str(script.act_id("union-redemption")),
        )
        return spent
