"""The invariants of promises and jobs: queries that must return no rows.

The tables of moves are data, so the checks are drawn from them. Events are never put
in order by their clocks, which may go back: a job's events must add up to one way from
nothing to where it stands, and there must be as many of them as its version says.
"""

from collections.abc import Iterable

from inventory.books import Check
from retail.fulfilment.states import (
    PICKUP_MOVES,
    PICKUP_NOTES,
    PICKUP_OPEN,
    SHIP_MOVES,
    Move,
)


def triples(moves: dict[str, Move]) -> str:
    """The legal (before, move, after) as SQL values, birth included."""
    found = [("", "place", "placed")]
    for move in moves.values():
        found += [(source, move.name, move.target) for source in sorted(move.sources)]
    return ", ".join(f"('{before}', '{name}', '{to}')" for before, name, to in found)


def words(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def moved_illegally(what: str, moves: dict[str, Move]) -> str:
    """Notes are events that move nothing."""
    return f"""
        SELECT '{what}' AS what, e.job_id, e.before, e.move, e.after
        FROM retail_{what}event e
        WHERE NOT (e.move IN ({words(PICKUP_NOTES)}) AND e.before = e.after)
          AND (e.before, e.move, e.after) NOT IN (VALUES {triples(moves)})
        """  # noqa: S608 - our own words only


def not_one_way(what: str) -> str:
    """Every state is left as often as it is reached, but for the last one."""
    return f"""
        SELECT '{what}' AS what, s.job_id, s.state, s.net
        FROM (
          SELECT job_id, state, sum(one) AS net FROM (
            SELECT job_id, after AS state, 1 AS one FROM retail_{what}event
            UNION ALL
            SELECT job_id, before, -1 FROM retail_{what}event) AS steps
          GROUP BY job_id, state) s
        JOIN retail_{what}job j ON j.id = s.job_id
        WHERE s.net <> CASE s.state WHEN '' THEN -1 ELSE 0 END
                     + CASE WHEN s.state = j.status THEN 1 ELSE 0 END
        """  # noqa: S608


def status_untold(what: str) -> str:
    return f"""
        SELECT '{what}' AS what, j.id, j.status, j.version, count(e.id) AS events
        FROM retail_{what}job j LEFT JOIN retail_{what}event e ON e.job_id = j.id
        GROUP BY j.id, j.status, j.version
        HAVING count(e.id) <> j.version
            OR count(e.id) FILTER (WHERE e.after = j.status) = 0
        """  # noqa: S608


CHECKS = [
    Check(
        "I8",
        "no-more-than-ordered",
        """
        SELECT l.id, l.quantity, l.dropped, sum(f.fulfilled) AS given
        FROM retail_orderline l
        JOIN retail_fulfilmentline f ON f.order_line_id = l.id
        GROUP BY l.id, l.quantity, l.dropped
        HAVING sum(f.fulfilled) > l.quantity - l.dropped
        """,
    ),
    Check(
        "I15",
        "states-moved-legally",
        " UNION ALL ".join(
            (
                moved_illegally("pickup", PICKUP_MOVES),
                moved_illegally("ship", SHIP_MOVES),
            )
        ),
    ),
    Check(
        "I15",
        "states-moved-one-way",
        " UNION ALL ".join((not_one_way("pickup"), not_one_way("ship"))),
    ),
    Check(
        "I16",
        "job-status-is-derived",
        " UNION ALL ".join((status_untold("pickup"), status_untold("ship"))),
    ),
    Check(
        "I20",
        "pickup-used-once-rightly",
        """
        SELECT 'twice' AS what, job_id FROM retail_pickupevent
        WHERE move = 'hand-over' GROUP BY job_id HAVING count(*) > 1
        UNION ALL
        SELECT 'before ready', h.job_id FROM retail_pickupevent h
        WHERE h.move IN ('hand-over', 'hand-over-part') AND NOT EXISTS (
          SELECT 1 FROM retail_pickupevent r
          WHERE r.job_id = h.job_id AND r.move = 'ready')
        UNION ALL
        SELECT 'elsewhere', j.id FROM retail_pickupjob j
        JOIN inventory_stockmovement m
          ON m.kind = 'fulfilment' AND split_part(m.reference, ':', 1) = j.id::text
        WHERE m.location_id <> j.location_id
        UNION ALL
        SELECT 'more than staged', l.job_id FROM retail_pickupline l
        JOIN retail_pickupjob j ON j.id = l.job_id
        WHERE l.collected > l.picked
           OR (l.collected > 0 AND j.status <> 'collected' AND NOT EXISTS (
             SELECT 1 FROM retail_pickupevent p
             WHERE p.job_id = j.id AND p.move = 'hand-over-part'))
        UNION ALL
        SELECT 'offer left open', o.job_id FROM retail_pickupoffer o
        JOIN retail_pickupjob j ON j.id = o.job_id
        WHERE o.state = 'open' AND j.status <> 'short'
        """,
    ),
    Check(
        "I21",
        "pickup-codes-apart",
        f"""
        SELECT location_id, code_hash, count(*) FROM retail_pickupjob
        WHERE status IN ({words(PICKUP_OPEN)})
        GROUP BY location_id, code_hash HAVING count(*) > 1
        """,  # noqa: S608
    ),
    Check(
        "I51",
        "slots-are-their-promises",
        """
        SELECT coalesce(s.location_id, f.location_id) AS place,
          coalesce(s.starts_at, f.slot_start) AS starts_at, s.taken, f.promises
        FROM retail_pickupslot s
        FULL JOIN (
          SELECT origin, location_id, slot_start, count(*) AS promises
          FROM retail_fulfilment WHERE slot_start IS NOT NULL
          GROUP BY origin, location_id, slot_start) f
          ON f.origin = s.origin AND f.location_id = s.location_id
            AND f.slot_start = s.starts_at
        WHERE coalesce(s.taken, 0) <> coalesce(f.promises, 0)
        UNION ALL
        SELECT location_id, slot_start, NULL, 1 FROM retail_fulfilment
        WHERE slot_start IS NOT NULL AND status = 'cancelled'
        """,
    ),
]
