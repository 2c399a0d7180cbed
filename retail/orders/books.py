"""Orders' invariants: queries that must return no rows."""

from inventory.books import Check
from retail.orders.models import ORDER_MOVES
from retail.orders.settling import DONE, GONE

# From the tables that the verbs themselves follow: names of ours, never of a caller.
MOVES = ", ".join(f"('{before}', '{after}')" for before, after in sorted(ORDER_MOVES))
DONE_LIST = ", ".join(f"'{each.value}'" for each in sorted(DONE))
GONE_LIST = ", ".join(f"'{each.value}'" for each in sorted(GONE))

CHECKS = [
    Check(
        "I14",
        "order-total-is-its-lines",
        """
        SELECT o.id FROM retail_order o
        LEFT JOIN (SELECT order_id, sum(total) FILTER (WHERE replaces IS NULL) AS goods,
                          sum(discount) AS discount,
                          bool_or(total <> round(quantity * unit_price, 2) - discount)
                            AS wrong
                   FROM retail_orderline GROUP BY 1) l ON l.order_id = o.id
        WHERE o.goods IS DISTINCT FROM l.goods OR l.wrong
           OR o.discount IS DISTINCT FROM l.discount
           OR o.total <> o.goods + o.shipping - o.points_value
           OR o.tax < 0 OR o.tax > o.total
           OR o.points_value <> trunc(o.points_redeemed / 30.0, 2)
        UNION ALL
        -- what was agreed instead costs no more than the missing units it replaces
        SELECT n.id FROM retail_orderline n
        LEFT JOIN retail_orderline r
          ON r.order_id = n.order_id AND r.position = n.replaces
        WHERE n.replaces IS NOT NULL
          AND (r.id IS NULL OR n.unit_price > trunc(r.total / r.quantity, 2)
               OR n.quantity > r.dropped)
        UNION ALL
        SELECT p.id FROM retail_payment p JOIN retail_order o ON o.id = p.order_id
        WHERE p.currency <> o.currency OR p.amount > o.total
        """,
    ),
    Check(
        "I15",
        "orders-moved-legally",
        f"""
        SELECT e.id FROM retail_orderevent e
        WHERE e.before <> e.after AND (e.before, e.after) NOT IN (VALUES {MOVES})
        """,  # noqa: S608
    ),
    Check(
        "I16",
        "order-status-is-derived",
        # from what became of its promises, and from its diary: each state is left as
        # often as it was entered, but for the one it is in
        f"""
        SELECT o.id FROM retail_order o
        LEFT JOIN (
          SELECT order_id,
                 count(*) FILTER (WHERE status NOT IN ({GONE_LIST})) AS live,
                 count(*) FILTER (WHERE status IN ({DONE_LIST})) AS done,
                 count(*) FILTER (WHERE status = 'awaiting_payment') AS unpaid,
                 count(*) AS promised
          FROM retail_fulfilment GROUP BY 1) f ON f.order_id = o.id
        WHERE o.status <> CASE
            WHEN f.promised IS NULL THEN ''
            WHEN f.live = 0 THEN 'cancelled'
            WHEN f.unpaid > 0 AND o.status = 'payment_failed' THEN 'payment_failed'
            WHEN f.unpaid > 0 THEN 'awaiting_payment'
            WHEN f.done = f.live THEN 'completed'
            WHEN f.done > 0 THEN 'part_fulfilled'
            ELSE 'placed' END
        UNION
        SELECT d.order_id FROM (
          SELECT order_id, after AS status, 1 AS n FROM retail_orderevent
          WHERE before <> after
          UNION ALL
          SELECT order_id, before, -1 FROM retail_orderevent
          WHERE before <> after AND before <> ''
          UNION ALL
          SELECT id, status, -1 FROM retail_order) d
        GROUP BY d.order_id, d.status HAVING sum(d.n) <> 0
        """,  # noqa: S608
    ),
    Check(
        "I17",
        "order-has-one-owner",
        """
        SELECT c.id FROM retail_orderline c JOIN retail_order o ON o.id = c.order_id
        WHERE c.origin <> o.origin
        UNION ALL
        SELECT c.id FROM retail_orderevent c JOIN retail_order o ON o.id = c.order_id
        WHERE c.origin <> o.origin
        UNION ALL
        SELECT c.id FROM retail_payment c JOIN retail_order o ON o.id = c.order_id
        WHERE c.origin <> o.origin
        UNION ALL
        SELECT c.id FROM retail_refund c JOIN retail_payment p ON p.id = c.payment_id
        WHERE c.origin <> p.origin
        UNION ALL
        SELECT c.id FROM retail_fulfilment c JOIN retail_order o ON o.id = c.order_id
        WHERE c.origin <> o.origin
        UNION ALL
        SELECT o.id FROM retail_order o JOIN retail_customer c ON c.id = o.customer_id
        WHERE c.origin <> o.origin
        """,
    ),
    Check(
        "I22",
        "same-id-same-body",
        # one row keeps one body: a row without its hash would accept any
        """
        SELECT id FROM retail_order
        WHERE body_hash !~ '^[0-9a-f]{64}$' OR maker = ''
        """,
    ),
]
