"""Journeys: people of the demo in browsers of their own, through a running house."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.person import PATIENCE, Person
from tests.living import House

Enter = Callable[[House, str], Person]


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """In English, the language of the msgids: a better translation breaks no journey."""
    return {**browser_context_args, "locale": "en-GB"}


@pytest.fixture
def enter(new_context: Callable[..., Any]) -> Iterator[Enter]:
    """`enter(house, "ines")` is Inès at her till, in a browser of her own. At the end no
    page may have complained on its console, nor axe where it was asked."""
    expect.set_options(timeout=PATIENCE)
    people: list[Person] = []

    def come(house: House, part: str) -> Person:
        # no motion: axe must not measure a colour that is on its way
        person = Person(new_context(reduced_motion="reduce"), house, part)
        people.append(person)
        return person

    yield come
    complaints = [said for person in people for said in person.complaints]
    assert not complaints, "\n".join(complaints)
