from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from retail.channels import use_snapshot
from tests.levels import apart, both_levels, shared_only
from tests.retail.webhooks.receiving import an_endpoint

__all__ = ["apart", "both_levels", "listen", "shared_only"]


@pytest.fixture
def listen() -> Iterator[Callable[..., Any]]:
    """`an_endpoint`, and from here on what processes know that read the dial after it."""
    with ExitStack() as stack:

        def listens(*given: Any, **named: Any) -> Any:
            found = an_endpoint(*given, **named)
            stack.enter_context(use_snapshot(fresh=True))
            return found

        yield listens
