"""The pinned context: which channel acts, and what the dial said when it began.

One per request, task or command. Without one, business code raises: there is no default
channel.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from inventory.places import Channel
from retail.channels.levels import Feature
from retail.channels.snapshot import Snapshot, snapshot


class NoContext(Exception):
    """Business data was asked for where no channel is pinned."""

    def __init__(self) -> None:
        super().__init__("no channel is pinned: wrap this in use_channel(...)")


class FeatureOff(Exception):
    """What was to begin needs a feature that is off here."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(feature.value)
        self.feature = feature


@dataclass(frozen=True, slots=True)
class Context:
    channel: Channel
    snapshot: Snapshot

    @property
    def database(self) -> str:
        """The alias this channel's rows lie in."""
        return alias_of(self.channel, self.snapshot)

    @property
    def epoch(self) -> int:
        return self.snapshot.epoch

    @property
    def flags_version(self) -> int:
        return self.snapshot.flags_version


_context: ContextVar[Context | None] = ContextVar("context", default=None)
_snapshot: ContextVar[Snapshot | None] = ContextVar("snapshot", default=None)
_crossing: ContextVar[bool] = ContextVar("crossing", default=False)


def alias_of(channel: Channel, pinned: Snapshot) -> str:
    """The only line where storage differs between the levels."""
    return "shared" if pinned.shared_database else channel.value


def current() -> Context:
    """Raises NoContext."""
    found = _context.get()
    if found is None:
        raise NoContext
    return found


def pinned() -> Snapshot:
    """The snapshot of this request, task or command, else the process's newest."""
    return _snapshot.get() or snapshot()


@contextmanager
def use_snapshot(
    *, fresh: bool = False, given: Snapshot | None = None
) -> Iterator[Snapshot]:
    """Pin what the dial says now, without a channel: the outermost wrap. A switch run
    gives what it will say."""
    found = given or snapshot(fresh=fresh)
    token = _snapshot.set(found)
    try:
        yield found
    finally:
        _snapshot.reset(token)


@contextmanager
def use_channel(channel: Channel) -> Iterator[Context]:
    """Act as this channel. Nested, it keeps the outer snapshot, so that one request
    never sees two levels."""
    outer = _snapshot.get()
    found = Context(Channel(channel), outer or snapshot())
    snapshot_token = _snapshot.set(found.snapshot)
    token = _context.set(found)
    try:
        yield found
    finally:
        _context.reset(token)
        _snapshot.reset(snapshot_token)


def pin(channel: Channel) -> Context:
    """Act as this channel until the surrounding request ends: for credentials that are
    only read inside the view. The outermost middleware takes it away again."""
    found = Context(Channel(channel), pinned())
    _context.set(found)
    return found


@contextmanager
def unpinned() -> Iterator[None]:
    """Guard around a request: whatever is pinned inside ends here."""
    token = _context.set(None)
    try:
        yield
    finally:
        _context.reset(token)


@contextmanager
def crossing() -> Iterator[None]:
    """Rows of several databases may meet here: the copier and the relay, nobody else."""
    token = _crossing.set(True)
    try:
        yield
    finally:
        _crossing.reset(token)


def is_crossing() -> bool:
    return _crossing.get()


def shared() -> bool:
    """Whether both channels' rows lie in one database."""
    return pinned().shared_database


def level() -> str:
    return pinned().level.value


def database_for(channel: Channel) -> str:
    """The alias a channel's rows lie in now."""
    return alias_of(Channel(channel), pinned())


def open_databases() -> tuple[str, ...]:
    """The sides that take writes now; sweeps and books loop over these."""
    return ("shared",) if pinned().shared_database else ("webshop", "pos")


def channels_of(database: str) -> tuple[Channel, ...]:
    """The channels whose rows lie in this alias now; empty for a closed side."""
    return tuple(each for each in Channel if database_for(each) == database)


def heard(channel: Channel, event: str) -> bool:
    """Whether another system wants to hear of such an event of the channel. No query."""
    return f"{Channel(channel).value}:{event}" in pinned().heard


def on(
    feature: Feature | str, *, store: str | None = None, customer: UUID | None = None
) -> bool:
    """Whether a feature is on, here and now.

    Ask with what you know. A feature of pilot stores asked without `store` (a location's
    code) answers whether it is on anywhere; one for a share of customers asked without
    `customer` is off. No query.
    """
    from flags.state import flag_enabled

    name, here = Feature(feature).value, pinned()
    if customer is not None and here.flags[Feature(name)].customers_percent is not None:
        return bool(flag_enabled(name, store=store, customer=customer))
    known = here.answers.get((name, store))
    if known is None:
        known = bool(flag_enabled(name, store=store, customer=customer))
        # not for a customer: without a share of customers the answer is everybody's
        here.answers[name, store] = known
    return known


def require(
    feature: Feature | str, *, store: str | None = None, customer: UUID | None = None
) -> None:
    """Raises FeatureOff."""
    if not on(feature, store=store, customer=customer):
        raise FeatureOff(Feature(feature))
