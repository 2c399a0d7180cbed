"""Money's invariants: queries that must return no rows."""

from inventory.books import Check

CHECKS = [
    Check(
        "I10",
        "paid-orders-are-somewhere",
        """
        SELECT o.id FROM retail_order o JOIN retail_payment p ON p.order_id = o.id
        WHERE (p.captured > p.refunded OR p.reserved > 0)
          AND o.status NOT IN ('placed', 'part_fulfilled', 'completed')
          -- a gift card pays first, and waits for the rest
          AND NOT (p.method = 'gift'
                   AND o.status IN ('awaiting_payment', 'payment_failed'))
        """,
    ),
    Check(
        "I12",
        "money-adds-up",
        # what may be kept: nothing of an order that is off, else the total without what
        # was dropped (but with what was agreed instead) or came back (with its shipping, where no parcel stays); to be
        # paid in the store, nothing yet or just that. Kept is what was taken or is to be
        # taken now, and what is reserved for goods that are still to leave
        """
        SELECT p.id FROM retail_payment p
        LEFT JOIN (SELECT payment_id, sum(amount) AS given
                   FROM retail_refund GROUP BY 1) r ON r.payment_id = p.id
        WHERE p.refunded > p.captured OR p.refunded <> coalesce(r.given, 0)
           OR (p.status IN ('pending', 'failed') AND p.captured <> 0)
           OR (p.status <> 'authorised' AND p.reserved <> 0)
           OR (p.status = 'authorised' AND p.captured > p.to_take)
        UNION ALL
        SELECT o.id FROM retail_order o
        LEFT JOIN (SELECT order_id,
                          sum(greatest(captured, to_take) - refunded + reserved) AS kept,
                          coalesce(sum(captured - refunded)
                            FILTER (WHERE method = 'gift'), 0) AS by_card,
                          coalesce(sum(greatest(captured, to_take) - refunded)
                            FILTER (WHERE method <> 'at_store'), 0) AS before,
                          bool_or(method = 'at_store') AS at_store
                   FROM retail_payment GROUP BY 1) p ON p.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(dropped * unit_price
                              - round(discount * dropped / quantity, 2)) - coalesce(
                            sum(quantity * unit_price)
                              FILTER (WHERE replaces IS NOT NULL), 0) AS value
                   FROM retail_orderline GROUP BY 1) d ON d.order_id = o.id
        LEFT JOIN (SELECT b.order_id, sum(b.back * l.unit_price
                            - round(l.discount * (l.dropped + b.back)
                                    / l.quantity, 2)
                            + round(l.discount * l.dropped / l.quantity, 2)) AS value,
                          sum(b.stays) = 0 AND bool_and(b.ended) AS whole
                   FROM (SELECT f.order_id, n.order_line_id, sum(n.returned) AS back,
                                sum(n.fulfilled - n.returned)
                                  FILTER (WHERE f.method = 'ship') AS stays,
                                bool_and(f.status IN ('returned', 'cancelled',
                                  'shipped', 'delivered'))
                                  FILTER (WHERE f.method = 'ship') AS ended
                         FROM retail_fulfilment f
                         JOIN retail_fulfilmentline n ON n.fulfilment_id = f.id
                         GROUP BY 1, 2) b
                   JOIN retail_orderline l ON l.id = b.order_line_id
                   GROUP BY 1) b ON b.order_id = o.id
        WHERE coalesce(p.kept, 0) <> CASE
            WHEN o.status IN ('awaiting_payment', 'payment_failed')
              THEN least(coalesce(p.by_card, 0), o.total)
            WHEN o.status NOT IN ('placed', 'part_fulfilled', 'completed') THEN 0
            WHEN p.at_store AND p.kept = p.before
             AND (o.finished_at IS NULL
                  OR o.finished_at > now() - interval '5 minutes') THEN p.before
            ELSE greatest(0, o.total - d.value - coalesce(b.value, 0)
                             - CASE WHEN b.whole THEN o.shipping ELSE 0 END) END
        UNION ALL
        -- while some is reserved: what left is paid for, or asked for now
        SELECT o.id FROM retail_order o
        JOIN (SELECT order_id, sum(greatest(captured, to_take)) AS taken,
                     bool_or(status = 'authorised' AND reserved > 0) AS open
              FROM retail_payment WHERE status IN ('authorised', 'captured')
              GROUP BY 1) p ON p.order_id = o.id AND p.open
        JOIN (SELECT l.order_id,
                     sum(l.missing * l.unit_price
                         - round(l.discount * l.missing / l.quantity, 2)
                         - CASE WHEN l.replaces IS NULL THEN 0 ELSE l.total END)
                       AS missing,
                     bool_or(l.sent) AS sent
              FROM (SELECT l.*, l.quantity - sum(n.fulfilled) AS missing,
                           bool_or(f.method = 'ship' AND f.status IN
                             ('shipped', 'delivered', 'returned')) AS sent
                    FROM retail_orderline l
                    JOIN retail_fulfilmentline n ON n.order_line_id = l.id
                    JOIN retail_fulfilment f ON f.id = n.fulfilment_id
                    GROUP BY l.id) l
              GROUP BY 1) g ON g.order_id = o.id
        WHERE p.taken < o.total - g.missing
                        - CASE WHEN g.sent THEN 0 ELSE o.shipping END
        """,
    ),
]
