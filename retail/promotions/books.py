"""The invariants of offers: queries that must return no rows."""

from inventory.books import Check

CHECKS = [
    Check(
        "I52",
        "discounts-add-up",
        # each line of an order says which offers took off what
        """
        SELECT l.id FROM retail_orderline l
        CROSS JOIN LATERAL (
          SELECT coalesce(sum((each->>'amount')::numeric), 0) AS off,
                 bool_or((each->>'amount')::numeric <= 0) AS odd
          FROM jsonb_array_elements(l.offers) AS each) o
        WHERE l.discount <> o.off OR o.odd OR l.discount > l.quantity * l.unit_price
        """,
    ),
    Check(
        "I38",
        "coupons-within-limit",
        """
        SELECT c.id FROM retail_coupon c
        LEFT JOIN (SELECT coupon_id, count(*) AS uses FROM retail_couponuse
                   WHERE given_back_at IS NULL GROUP BY 1) u ON u.coupon_id = c.id
        WHERE c.used <> coalesce(u.uses, 0) OR c.used > c.most
        UNION ALL
        SELECT u.id FROM retail_couponuse u JOIN retail_coupon c ON c.id = u.coupon_id
        WHERE u.origin <> c.origin
        UNION ALL
        SELECT c.id FROM retail_coupon c
        JOIN retail_promotion p ON p.id = c.promotion_id
        WHERE c.origin <> p.origin OR NOT p.needs_code
        """,
    ),
]
