"""What every test may use. Databases: `tests/cloning.py`; processes: `tests/living.py`.

Mark a test with `@pytest.mark.django_db(databases=["webshop"])`; any other alias raises.
It runs in a transaction that is rolled back, as the role `retail_app`. With
`transaction=True` it commits, and the databases it named are cloned anew after it.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from tests import cloning

BESIDE = {"test_running", "embedded", "inventory"}
pytest_plugins = ["tests.browsing", "tests.living"]
# How long an example takes is no matter of its truth.
settings.register_profile(
    "busy", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy")


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("DJANGO_SETTINGS_MODULE") != "tests.settings":
        raise pytest.UsageError(
            "tests run on tests.settings: unset DJANGO_SETTINGS_MODULE"
        )


@pytest.hookimpl(trylast=True)  # after those that are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is long comes early, so that whoever comes last keeps nobody waiting. The
    first journey seeds the demo; beside it run tests that need none, not the next."""
    journeys = [item.path for item in items if item.get_closest_marker("journey")]

    def rank(item: pytest.Item) -> int:
        if item.path in journeys:
            return 0 if item.path == journeys[0] else 2
        return 1 if BESIDE & {item.path.stem, item.path.parent.name} else 3

    items.sort(key=rank)
    for item in items:
        if item.get_closest_marker("journey") and not item.get_closest_marker(
            "timeout"
        ):
            item.add_marker(pytest.mark.timeout(400))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: no collection need look through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Replaces pytest-django's: clones of migrated templates instead of migrating."""
    from django.db import connections

    with django_db_blocker.unblock():
        key = cloning.make_templates()
        for alias in connections:
            cloning.clone(alias, key)
    replaced = TransactionTestCase._fixture_teardown

    def clone_again(case: TransactionTestCase) -> None:
        for alias in case._databases_names(include_mirrors=False):
            cloning.clone(alias, key)

    TransactionTestCase._fixture_teardown = clone_again
    yield
    TransactionTestCase._fixture_teardown = replaced
    with django_db_blocker.unblock():
        cloning.drop_clones()
