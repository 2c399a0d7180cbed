"""The label of a bag: a page each, found again by its scan, opening nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inventory.places import Channel
from retail.channels import use_channel
from retail.fulfilment import finding, labels, pickup
from tests.builders import a_pickup_order, a_ready_pickup, code_of, job_of
from tests.builders import bob as bob_does
from tests.levels import SIDES
from tests.retail.fulfilment.working import bob
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)


def test_a_page_for_each_bag(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    job = job_of(order)
    answer = bob().get(reverse("pos_label", args=[job.id]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    job.bags, job.customer_name = 3, "#strong[Ana] $x$"
    with use_channel(Channel.POS):
        assert labels.bag_labels(job).count(b"/Type/Page/") == 3


def test_no_label_before_there_are_bags(both_levels: House) -> None:
    job = job_of(a_pickup_order(both_levels))
    assert bob().get(reverse("pos_label", args=[job.id])).status_code == 404


def test_the_label_opens_its_order_and_gives_no_code_away(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    job = job_of(order)
    text = finding.scan_text(job)
    assert code_of(order) not in text
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    client = bob()
    for typed in (
        text,
        text.lower(),
        f" {order.number} ",
        order.number.replace("-", ""),
    ):
        answer = client.post("/pos/store/code/", {"code": typed})
        assert answer.status_code == 302
        assert answer.headers["Location"] == reverse("pos_job", args=[job.id])
    assert bob("M02").post("/pos/store/code/", {"code": text}).status_code == 404
    with use_channel(Channel.POS), pytest.raises(pickup.UnknownCode):
        pickup.find_by_code(job.location, text)


def test_hand_over_by_label_is_refused(both_levels: House) -> None:
    order = a_ready_pickup(both_levels)
    with pytest.raises(pickup.WrongCode):
        bob_does(pickup.hand_over, order, code=finding.scan_text(job_of(order)))
