"""From pairs to people: which rows belong together, and which must not.

Pure and small in memory: rows are numbers from 1, four bytes each.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence


class Groups:
    """Rows joined one pair at a time; two that are held apart never meet in a group,
    also not through others."""

    def __init__(self, size: int, *, apart: Iterable[tuple[int, int]] = ()) -> None:
        self.parent = array("i", range(size + 1))
        self.foes: defaultdict[int, set[int]] = defaultdict(set)
        for one, other in apart:
            self.foes[one].add(other)
            self.foes[other].add(one)

    def copy(self) -> Groups:
        made = Groups(0)
        made.parent = self.parent[:]
        made.foes.update({row: set(foes) for row, foes in self.foes.items()})
        return made

    def root(self, row: int) -> int:
        parent = self.parent
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def together(self, one: int, other: int) -> bool:
        return self.root(one) == self.root(other)

    def apart(self, one: int, other: int) -> bool:
        """A decision holds the groups of these rows apart."""
        return self.root(other) in self.foes.get(self.root(one), ())

    def join(self, one: int, other: int) -> bool:
        """False if a decision forbids it; nothing changes then. The smaller root
        stays."""
        first, last = sorted((self.root(one), self.root(other)))
        if first == last:
            return True
        if last in self.foes.get(first, ()):
            return False
        self.parent[last] = first
        for foe in self.foes.pop(last, ()):
            self.foes[foe].discard(last)
            self.foes[foe].add(first)
            self.foes[first].add(foe)
        return True


def grouped(
    known: Groups, ones: Sequence[int], others: Sequence[int]
) -> tuple[Groups, bytearray]:
    """The groups that the edges `ones[i]`–`others[i]` make of what is `known`, and for
    each edge 1 if it was followed. Edges come strongest first; `known` is not changed.

    A row that fits two groups which a decision holds apart belongs to one of them, and
    nobody here knows to which: no edge of these groups is followed, a person decides.
    """
    groups = known.copy()
    torn: set[int] = set()
    for one, other in zip(ones, others, strict=True):
        if not groups.join(one, other) and not known.apart(one, other):
            torn |= {one, other}
    torn = {groups.root(row) for row in torn}
    if not torn:
        followed = (groups.together(*edge) for edge in zip(ones, others, strict=True))
        return groups, bytearray(followed)
    careful = known.copy()
    followed = (
        groups.root(one) not in torn
        and groups.root(other) not in torn
        and careful.join(one, other)
        for one, other in zip(ones, others, strict=True)
    )
    return careful, bytearray(followed)
