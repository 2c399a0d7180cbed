import pytest
from celery import shared_task
from django.conf import settings

from inventory.ids import new_id
from retail import channels
from retail.celery import app
from retail.channels.models import LevelState
from retail.channels.routing import route

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = pytest.mark.django_db(databases=ALL)


@shared_task
def where() -> str:
    return channels.current().database


@shared_task
def how_many() -> int:
    return len(channels.open_databases())


@pytest.mark.parametrize("channel", ["webshop", "pos"])
def test_a_task_acts_as_the_channel_of_its_header(channel: str) -> None:
    assert where.apply(headers={"channel": channel}).get() == channel
    route("omnichannel", by="test", why="")  # fresh for each task, not for each worker
    assert where.apply(headers={"channel": channel}).get() == "shared"


def test_a_task_without_a_channel_has_none() -> None:
    answer = where.apply()
    assert answer.failed()
    assert "no channel is pinned" in str(answer.result)
    assert how_many.apply().get() == 2


def test_a_header_names_no_database() -> None:
    with pytest.raises(ValueError, match="shared"):
        where.apply(headers={"channel": "shared"}).get()


def test_sweeps_rest_while_business_is_closed() -> None:
    LevelState.objects.update(moving=new_id())
    assert how_many.apply().get() is None


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks


def test_nothing_is_lost_with_a_worker() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.accept_content == ["json"]
    assert (
        app.conf.task_time_limit
        < app.conf.broker_transport_options["visibility_timeout"]
    )
