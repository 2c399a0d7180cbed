"""A run as people follow it: what it says in each state, and which buttons it offers."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inventory.ids import new_id
from retail.channels.models import RunKind, RunState, SwitchRun
from retail.channels.switching import run as running
from retail.channels.switching import steps
from retail.staff.models import Account, Role
from tests.signing_in import PASSWORD, a_head, an_employee, sign_in

ALL = ["default", "webshop", "pos", "shared"]
pytestmark = pytest.mark.django_db(databases=ALL)
NAMES = list(steps.STEPS)
RESUME, ABORT = "Take it up again", "Give it up"


class Runner:
    """Stands in for the process: whether it lives, and which ones were started."""

    def __init__(self) -> None:
        self.lives = True
        self.started: list[object] = []


@pytest.fixture(autouse=True)
def runner(monkeypatch: pytest.MonkeyPatch) -> Runner:
    found = Runner()
    monkeypatch.setattr(running, "runner_lives", lambda: found.lives)
    monkeypatch.setattr(running, "start_runner", found.started.append)
    return found


@pytest.fixture
def head() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, "office", a_head())
    return client


def a_run(at: str, *, state: str = RunState.RUNNING, share: float = 0.4) -> SwitchRun:
    """Under way since an hour, with all steps before `at` done."""
    began = timezone.now() - timedelta(hours=1)
    place = NAMES.index(at)
    closed = began + timedelta(minutes=5) if place >= NAMES.index("close") else None
    opened = place > NAMES.index("open") or state == RunState.DONE
    run = SwitchRun.objects.create(
        kind=RunKind.JOIN,
        from_level="multichannel",
        to_level="omnichannel",
        state=state,
        by=f"employee:{new_id()} Sarah",
        why="a rehearsal",
        started_at=began,
        closed_at=closed,
        opened_at=closed + timedelta(seconds=1.3) if closed and opened else None,
        finished_at=timezone.now() if state in {"done", "aborted"} else None,
        rows=1200,
    )
    running.write_steps(run)
    done = RunState.DONE
    run.steps.filter(place__lte=place).update(state=done, seconds=2, note="7 changes")
    if state != RunState.DONE:
        run.steps.filter(name=at).update(
            state=RunState.RUNNING, share=share, seconds=None, note=""
        )
    return run


def page(client: Client, run: SwitchRun, **more: Any) -> str:
    response = client.get(f"/office/run/{run.pk}/", **more)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("at", "state", "lives", "says", "buttons"),
    [
        ("copy", "running", True, "Shop and tills go on as before", {ABORT}),
        ("copy", "running", False, "It stopped. Business goes on", {ABORT, RESUME}),
        ("finish", "running", True, "waits for a moment", {ABORT}),
        ("finish", "running", False, "Take it up again or give it up, now.", {ABORT, RESUME}),
        ("verify_again", "running", True, "The new side is open.", set()),
        ("verify_again", "failed", False, "stopped after the new side", {RESUME}),
        ("settle", "done", False, "every row was compared once more", set()),
        ("verify", "aborted", False, "as if nothing had been", set()),
    ],
)  # fmt: skip
def test_it_says_how_it_stands(
    head: Client,
    runner: Runner,
    at: str,
    state: str,
    lives: bool,
    says: str,
    buttons: set[str],
) -> None:
    runner.lives = lives
    found = page(head, a_run(at, state=state))
    assert says in found
    shown = set(re.findall(r"<button[^>]*>([^<]+)</button>", found))
    assert shown & {RESUME, ABORT} == buttons
    ended = state in {"done", "aborted"}
    assert ('hx-trigger="every 1s"' not in found) is ended
    assert ('<noscript><meta http-equiv="refresh"' not in found) is ended
    assert ("Check the books" in found) is ended


def test_it_shows_each_step_and_how_far(head: Client) -> None:
    found = page(head, a_run("copy"))
    assert '<progress value="40" max="100" aria-label="Copy">' in found
    assert "Every row, table by table, while people go on buying." in found
    assert found.count('aria-current="step"') == 1
    assert found.count("7 changes") == 2  # plan and capture
    assert "1,200" in found


def test_it_shows_the_pause(head: Client) -> None:
    assert "1.3 s" in page(head, a_run("settle", state=RunState.DONE))
    history = head.get("/office/").content.decode()
    assert "1.3 s" in history
    assert "the databases are joined" in history


def test_who_listens_hears_each_step_once(head: Client) -> None:
    run = a_run("copy")
    asked = re.search(r'hx-get="([^"]+)"', page(head, run))
    assert asked is not None
    address = asked[1].replace("&amp;", "&")
    headers = {"HX-Request": "true"}
    assert head.get(address, headers=headers).status_code == 204
    run.steps.filter(name="copy").update(share=0.5)
    answer = head.get(address, headers=headers).content.decode()
    assert 'value="50"' in answer
    assert 'id="said"' not in answer  # the same sentence as before
    SwitchRun.objects.update(closed_at=timezone.now())
    answer = head.get(address, headers=headers).content.decode()
    assert 'id="said"' in answer
    assert "waits for a moment" in answer


def test_head_office_takes_it_up_and_gives_it_up(head: Client, runner: Runner) -> None:
    run = a_run("copy")
    runner.lives = False
    assert head.post(f"/office/run/{run.pk}/resume/").status_code == 302
    assert runner.started == [run.pk]
    assert head.post(f"/office/run/{run.pk}/abort/").status_code == 302
    run.refresh_from_db()
    assert run.given_up_by.endswith(" Claire")


def test_what_is_open_is_not_given_up(head: Client) -> None:
    run = a_run("verify_again")
    head.post(f"/office/run/{run.pk}/abort/")
    assert "what is sold there would be lost" in page(head, run)
    run.refresh_from_db()
    assert run.given_up_by == ""


def test_an_old_page_touches_no_other_run(head: Client, runner: Runner) -> None:
    a_run("copy")
    for act in ("resume", "abort"):
        assert head.post(f"/office/run/{new_id()}/{act}/").status_code == 404
    assert runner.started == []


def test_a_manager_looks_and_touches_nothing(runner: Runner) -> None:
    account = Account.objects.create_staff(login="paul", password=PASSWORD)
    client = Client(headers={"Accept-Language": "en"})
    paul = an_employee("Paul", role=Role.MANAGER, location="M01", account=account)
    sign_in(client, "office", paul)
    run = a_run("copy")
    runner.lives = False
    assert ABORT not in page(client, run)
    for act in ("resume", "abort"):
        assert client.post(f"/office/run/{run.pk}/{act}/").status_code == 403
    assert Client().get(f"/office/run/{run.pk}/").status_code == 302
