"""An erasure that was interrupted is finished by a sweep."""

import pytest
from django.utils import timezone

from inventory.ids import new_id
from retail.channels import SIDES
from retail.channels.models import Erasure
from retail.customers import erasing, tasks

pytestmark = pytest.mark.django_db(databases=["default"])


def test_what_is_left_is_begun_again_and_what_is_done_is_not(monkeypatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(erasing, "start_replay", lambda: begun.append("replay"))
    assert not tasks.finish_erasures()
    one = Erasure.objects.create(customer_id=new_id(), asked_at=timezone.now(), by="x")
    assert tasks.finish_erasures()
    Erasure.objects.filter(pk=one.pk).update(wiped=dict.fromkeys(SIDES, "now"))
    assert not tasks.finish_erasures()
    assert begun == ["replay"]
