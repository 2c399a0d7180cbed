"""The tills' invariants: queries that must return no rows."""

from inventory.books import Check

CHECKS = [
    Check(
        "I27",
        "ticket-numbers-whole",
        """
        SELECT till_id, count(*), min(number), max(number)
        FROM pos_ticket GROUP BY till_id
        HAVING count(*) <> max(number) OR min(number) <> 1
        """,
    ),
    Check(
        "I29",
        "chain-unbroken",
        """
        SELECT t.id FROM pos_ticket t
        LEFT JOIN pos_ticket p
               ON p.till_id = t.till_id AND p.number = t.number - 1
        WHERE t.hash <> encode(sha256(convert_to(t.canonical, 'UTF8')), 'hex')
           OR t.previous_hash <> coalesce(
                p.hash,
                encode(sha256(convert_to(
                    'retail-ticket/1 genesis ' || t.till_id, 'UTF8')), 'hex'))
        UNION ALL
        SELECT l.id FROM pos_till l
        LEFT JOIN pos_ticket p ON p.till_id = l.id AND p.number = l.last_number
        WHERE l.last_number > 0 AND p.hash IS DISTINCT FROM l.last_hash
        """,
    ),
    Check(
        "I14",
        "ticket-total-is-its-lines",
        """
        SELECT t.id FROM pos_ticket t
        LEFT JOIN (SELECT ticket_id, sum(total) AS total
                   FROM pos_ticketline GROUP BY 1) l ON l.ticket_id = t.id
        LEFT JOIN (SELECT ticket_id, sum(amount) AS paid
                   FROM pos_tender GROUP BY 1) p ON p.ticket_id = t.id
        WHERE t.total IS DISTINCT FROM l.total OR t.total IS DISTINCT FROM p.paid
        """,
    ),
]
