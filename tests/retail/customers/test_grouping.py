"""Groups under decisions."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from retail.customers.grouping import Groups, grouped

SIZE = 12
row = st.integers(1, SIZE)
pair = st.tuples(row, row).filter(lambda each: each[0] != each[1])
pairs = st.lists(pair, max_size=20)


def told(groups: Groups) -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for each in range(1, len(groups.parent)):
        found.setdefault(groups.root(each), set()).add(each)
    return {frozenset(rows) for rows in found.values() if len(rows) > 1}


def run(
    edges: list[tuple[int, int]],
    *,
    known: list[tuple[int, int]] = (),  # type: ignore[assignment]
    apart: list[tuple[int, int]] = (),  # type: ignore[assignment]
) -> tuple[Groups, bytearray]:
    start = Groups(SIZE, apart=apart)
    for edge in known:
        start.join(*edge)
    return grouped(start, [one for one, _ in edges], [other for _, other in edges])


@given(pairs, pairs, pairs)
def test_two_who_are_held_apart_never_meet(edges, known, apart) -> None:
    groups, followed = run(edges, known=known, apart=apart)
    for one, other in apart:
        assert not groups.together(one, other)
        assert groups.apart(one, other)
    for edge, yes in zip(edges, followed, strict=True):
        assert groups.together(*edge) or not yes


@given(pairs)
def test_without_decisions_every_edge_is_followed(edges) -> None:
    groups, followed = run(edges)
    assert all(followed)
    assert all(groups.together(*edge) for edge in edges)


@given(pairs, pairs, st.randoms())
def test_groups_do_not_hang_on_the_order_where_nothing_is_torn(
    edges, apart, chance
) -> None:
    groups, followed = run(edges, apart=apart)
    mixed = list(edges)
    chance.shuffle(mixed)
    again, _ = run(mixed, apart=apart)
    if all(followed):
        assert told(groups) == told(again)


def test_a_chain_is_one_group() -> None:
    groups, _ = run(list(pairwise(range(1, SIZE + 1))))
    assert told(groups) == {frozenset(range(1, SIZE + 1))}


def test_who_fits_two_that_are_apart_goes_to_neither() -> None:
    groups, followed = run([(1, 3), (2, 3), (4, 5)], apart=[(1, 2)])
    assert told(groups) == {frozenset({4, 5})}
    assert list(followed) == [0, 0, 1]


def test_a_decision_stands_against_its_own_edge_alone() -> None:
    groups, followed = run([(1, 2), (1, 3)], apart=[(1, 2)])
    assert told(groups) == {frozenset({1, 3})}
    assert list(followed) == [0, 1]


def test_what_was_known_stays() -> None:
    groups, _ = run([(2, 3), (1, 4)], known=[(1, 2)], apart=[(1, 3)])
    assert groups.together(1, 2)
