"""Every call of the API keeps to its description, whatever is sent: schemathesis makes
bodies, queries and paths that fit the schema, and others that do not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from retail.wsgi import application
from tests.attacks.crowd import Crowd, gather
from tests.calling import Caller
from tests.levels import SIDES
from tests.retail.orders.house import House

pytestmark = pytest.mark.django_db(databases=SIDES)
load_all_checks()

METHODS = {"get", "put", "post", "patch", "delete"}
ASKING = ("shop", "till", "store", "office", "anonymous")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# What a path may name that is there, by what comes before it.
THINGS = {
    "orders": "own", "fulfilments": "job", "tickets": "ticket", "tills": "till",
    "customers": "none", "loyalty": "card", "products": "gtin",
}  # fmt: skip


@pytest.fixture(autouse=True)
def quiet(settings: Any) -> Iterator[None]:
    settings.CHANNELS_SNAPSHOT_SECONDS = 60.0  # nobody turns the dial meanwhile
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_calls_keep_to_their_description(shared_only: House) -> None:
    wrong = tried(gather(shared_only), examples=2)
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_calls_keep_to_their_description_for_long(both_levels: House) -> None:
    wrong = tried(gather(both_levels), examples=40)
    assert not wrong, "\n\n".join(wrong)


def test_other_methods_are_refused_and_the_right_ones_named() -> None:
    for path, calls in described().raw_schema["paths"].items():
        known = {name.upper() for name in calls} & {name.upper() for name in METHODS}
        for method in METHODS - set(calls):
            filled = path.removeprefix("/api/v1/")
            for name in ("id", "move", "gtin", "card"):
                filled = filled.replace(
                    f"{{{name}}}", "018f0000-0000-7000-8000-00000000dead"
                )
            answer = Caller().send(method.upper(), filled)
            assert answer.status_code in (401, 405), (method, path)
            if answer.status_code == 405:
                assert known <= set(answer["Allow"].split(", ")), (method, path)


def described() -> Any:
    return schemathesis.openapi.from_wsgi(
        "/api/v1/schema/?format=json",
        application,
        config=SchemathesisConfig.from_dict(
            {"generation": {"with-security-parameters": False}}  # keys are ours
        ),
    )


def tried(crowd: Crowd, *, examples: int) -> list[str]:
    """What is answered otherwise than described, one text for each call."""
    with connections_kept():
        return [
            str(error)
            for each in described().get_all_operations()
            for mode in GenerationMode
            if (error := broken(each.ok(), mode, crowd, examples))
        ]


@contextmanager
def connections_kept() -> Iterator[None]:
    """A request closes them, and with them the test's transactions; Django's own test
    client, which prevents that for itself, is not what asks here."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def broken(
    call: Any, mode: GenerationMode, crowd: Crowd, examples: int
) -> FailureGroup | None:
    thing = crowd.things[THINGS[name]] if (name := first(call.path)) in THINGS else ""

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=call.as_strategy(generation_mode=mode),
        named=st.booleans(),
        role=st.sampled_from(ASKING),
    )
    def keeps(case: Any, named: bool, role: str) -> None:
        if mode.is_positive and named and thing:
            for name in set(case.path_parameters) & {"id", "card", "gtin"}:
                case.path_parameters[name] = thing
        headers = {**crowd.callers[role].headers(), "Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    try:
        keeps()
    except FailureGroup as error:
        return error
    except Unsatisfiable:  # nothing in this call can be wrong
        assert not mode.is_positive
    return None


def first(path: str) -> str:
    return path.removeprefix("/api/v1/").split("/")[0]
