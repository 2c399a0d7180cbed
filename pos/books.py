"""The tills' invariants: queries that must return no rows."""

from inventory.books import Check

CHECKS = [
    Check(
        "I27",
        "ticket-numbers-whole",
        """
        SELECT till_id, count(*), min(number), max(number)
        FROM pos_ticket GROUP BY till_id
        HAVING count(*) <> max(number) OR count(DISTINCT number) <> max(number)
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
        -- the rows say what the sealed text says
        SELECT t.id FROM pos_ticket t
        CROSS JOIN LATERAL (
          SELECT string_agg(format('line=%s|%s|%s|%s|%s|%s', position,
                   coalesce(nullif(gtin, ''), '-'), quantity, unit_price, total,
                   tax_rate), chr(10) ORDER BY position) AS text
          FROM pos_ticketline WHERE ticket_id = t.id) l
        CROSS JOIN LATERAL (
          SELECT string_agg(format('cut=%s|%s|%s', position, price_before, cut_reason),
                   chr(10) ORDER BY position) AS text
          FROM pos_ticketline
          WHERE ticket_id = t.id AND price_before IS NOT NULL) c
        CROSS JOIN LATERAL (
          SELECT string_agg(format('return=%s|%s|%s|%s|%s', b.position,
                   coalesce(b.sale_id::text, '-'), coalesce(s.position::text, '-'),
                   b.reason, CASE WHEN b.restocked THEN 'restock' ELSE 'write_off' END),
                   chr(10) ORDER BY b.position) AS text
          FROM pos_return b LEFT JOIN pos_ticketline s ON s.id = b.line_id
          WHERE b.ticket_id = t.id AND b.order_id IS NULL) r
        CROSS JOIN LATERAL (
          SELECT string_agg(format('offer=%s|%s|%s', t2.position,
                   off.said->>'promotion', off.said->>'amount'),
                   chr(10) ORDER BY t2.position, off.place) AS text
          FROM pos_ticketline t2
          CROSS JOIN jsonb_array_elements(t2.offers)
            WITH ORDINALITY AS off (said, place)
          WHERE t2.ticket_id = t.id) o
        CROSS JOIN LATERAL (
          SELECT string_agg(format('tender=%s|%s|%s|%s|%s', position, method, amount,
                   given, change), chr(10) ORDER BY position) AS text
          FROM pos_tender WHERE ticket_id = t.id) d
        CROSS JOIN LATERAL (
          SELECT string_agg(format('gift_card=%s|%s', position, gift_card_id),
                   chr(10) ORDER BY position) AS text
          FROM pos_tender WHERE ticket_id = t.id AND gift_card_id IS NOT NULL) g
        WHERE t.canonical IS DISTINCT FROM concat_ws(chr(10),
          'retail-ticket/' || t.chain_version, 'id=' || t.id, 'till=' || t.till_id,
          'number=' || t.number, 'kind=' || t.kind,
          'sold_at=' || to_char(date_trunc('milliseconds', t.sold_at)
                                AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'employee=' || t.employee_id,
          -- a person of the web may have got a row of the stores by this very ticket
          substring(t.canonical FROM 'customer=[-0-9a-f]+'),
          'order=' || coalesce(t.order_id::text, '-'), 'currency=' || t.currency,
          l.text, c.text, r.text, o.text, d.text, g.text, 'points_spent=' || t.points_spent,
          'total=' || t.total, 'previous=' || t.previous_hash)
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
        WHERE t.total IS DISTINCT FROM l.total
           OR t.total IS DISTINCT FROM coalesce(p.paid, 0)
        UNION ALL
        -- what was taken off a line is what its offers took
        SELECT l.id FROM pos_ticketline l
        WHERE l.discount < 0 OR l.discount <> (
          SELECT coalesce(sum((each->>'amount')::numeric), 0)
          FROM jsonb_array_elements(l.offers) AS each)
           OR (l.quantity > 0
               AND l.total <> round(l.quantity * l.unit_price
                 / CASE l.unit WHEN 'gram' THEN 1000 ELSE 1 END, 2) - l.discount)
        """,
    ),
    Check(
        "I53",
        "no-more-back-than-sold",
        # units of a line, and what points and card got back of what they had paid; each
        # line of goods that came back is on its ticket, and the other way round
        """
        SELECT l.id FROM pos_return r JOIN pos_ticketline l ON l.id = r.line_id
        GROUP BY l.id, l.quantity, l.total, l.ticket_id
        HAVING sum(r.quantity) > l.quantity OR sum(r.value) > l.total
            OR bool_or(r.sale_id <> l.ticket_id)
        UNION ALL
        SELECT r.id FROM pos_return r
        LEFT JOIN pos_ticketline l
          ON l.ticket_id = r.ticket_id AND l.position = r.position
        WHERE r.order_id IS NULL
          AND (l.id IS NULL OR l.quantity <> -r.quantity OR l.total <> -r.value)
        UNION ALL
        SELECT l.id FROM pos_ticketline l
        LEFT JOIN pos_return r ON r.ticket_id = l.ticket_id AND r.position = l.position
        WHERE l.quantity < 0 AND r.id IS NULL
        UNION ALL
        SELECT b.sale_id FROM (
          SELECT DISTINCT r.sale_id, r.ticket_id FROM pos_return r
          WHERE r.sale_id IS NOT NULL) b
        JOIN pos_tender t ON t.ticket_id = b.ticket_id
         AND t.amount < 0 AND t.method <> 'cash'
        GROUP BY b.sale_id, t.method
        HAVING -sum(t.amount) > coalesce(
          (SELECT sum(p.amount) FROM pos_tender p
           WHERE p.ticket_id = b.sale_id AND p.method = t.method AND p.amount > 0), 0)
        """,
    ),
    Check(
        "I31",
        "closings-add-up",
        # each begins where the one before it ended, its total is that of its tickets,
        # and the perpetual one of all before it and this; cash is what was put in the
        # drawer, came in and went out
        """
        SELECT c.id FROM pos_closing c
        LEFT JOIN pos_closing p ON p.till_id = c.till_id AND p.number = c.number - 1
        WHERE c.first_number <> coalesce(p.last_number, 0) + 1
           OR c.perpetual <> coalesce(p.perpetual, 0) + c.total
           OR c.number > 1 AND p.id IS NULL
        UNION ALL
        SELECT c.id FROM pos_closing c
        LEFT JOIN pos_ticket t ON t.till_id = c.till_id
         AND t.number BETWEEN c.first_number AND c.last_number
        GROUP BY c.id, c.total, c.tickets
        HAVING c.total <> coalesce(sum(t.total), 0) OR c.tickets <> count(t.id)
        UNION ALL
        SELECT e.id FROM pos_closingtender e
        JOIN pos_closing c ON c.id = e.closing_id JOIN pos_shift s ON s.id = c.shift_id
        LEFT JOIN LATERAL (
          SELECT sum(d.amount) AS paid FROM pos_ticket t
          JOIN pos_tender d ON d.ticket_id = t.id AND d.method = e.method
          WHERE t.till_id = c.till_id
            AND t.number BETWEEN c.first_number AND c.last_number) p ON true
        LEFT JOIN LATERAL (
          SELECT sum(CASE way WHEN 'in' THEN amount ELSE -amount END) AS moved
          FROM pos_cashmove WHERE shift_id = s.id) m ON true
        WHERE e.expected <> coalesce(p.paid, 0) + CASE WHEN e.method = 'cash'
          THEN s.opening_cash + coalesce(m.moved, 0) ELSE 0 END
        """,
    ),
]
