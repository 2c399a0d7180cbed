"""Money's invariants: queries that must return no rows."""

from inventory.books import Check

CHECKS = [
    Check(
        "I10",
        "paid-orders-are-somewhere",
        """
        SELECT o.id FROM retail_order o JOIN retail_payment p ON p.order_id = o.id
        WHERE p.captured > p.refunded
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
        # paid in the store, nothing yet or just that
        """
        SELECT p.id FROM retail_payment p
        LEFT JOIN (SELECT payment_id, sum(amount) AS given
                   FROM retail_refund GROUP BY 1) r ON r.payment_id = p.id
        WHERE p.refunded > p.captured OR p.refunded <> coalesce(r.given, 0)
           OR (p.status IN ('pending', 'failed') AND p.captured <> 0)
        UNION ALL
        SELECT o.id FROM retail_order o
        LEFT JOIN (SELECT order_id, sum(captured - refunded) AS kept,
                          coalesce(sum(captured - refunded)
                            FILTER (WHERE method = 'gift'), 0) AS by_card,
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
            WHEN p.at_store AND p.kept = p.by_card
             AND (o.finished_at IS NULL
                  OR o.finished_at > now() - interval '5 minutes') THEN p.by_card
            ELSE greatest(0, o.total - d.value - coalesce(b.value, 0)
                             - CASE WHEN b.whole THEN o.shipping ELSE 0 END) END
        """,
    ),
]
