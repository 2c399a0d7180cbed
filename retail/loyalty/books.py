"""The invariants of points and gift cards: queries that must return no rows."""

from inventory.books import Check

CHECKS = [
    Check(
        "I34",
        "points-are-entries",
        """
        SELECT a.id, a.balance, coalesce(e.points, 0) AS entries
        FROM retail_loyaltyaccount a
        LEFT JOIN (SELECT account_id, sum(points) AS points
                   FROM retail_loyaltyentry GROUP BY 1) e ON e.account_id = a.id
        WHERE a.balance <> coalesce(e.points, 0) OR a.balance < 0
        """,
    ),
    Check(
        "I35",
        "gift-cards-are-entries",
        """
        SELECT c.id FROM retail_giftcard c
        LEFT JOIN (SELECT card_id, sum(amount) AS left_on,
                          -sum(amount) FILTER (WHERE kind <> 'load') AS gone,
                          sum(amount) FILTER (WHERE kind = 'load') AS loaded
                   FROM retail_giftcardentry GROUP BY 1) e ON e.card_id = c.id
        WHERE c.balance <> coalesce(e.left_on, 0) OR c.balance < 0
           OR coalesce(e.gone, 0) > coalesce(e.loaded, 0)
        UNION ALL
        SELECT e.id FROM retail_giftcardentry e
        JOIN retail_giftcard c ON c.id = e.card_id
        WHERE e.origin <> c.origin
        """,
    ),
    Check(
        "I36",
        "earned-once",
        """
        SELECT reference, count(*) AS earned, NULL::bigint AS reversed
        FROM retail_loyaltyentry WHERE kind = 'earn'
        GROUP BY reference HAVING count(*) > 1
        UNION ALL
        SELECT r.reference, coalesce(e.points, 0), -r.points
        FROM (SELECT account_id, reference, sum(points) AS points
              FROM retail_loyaltyentry
              WHERE kind = 'reverse' AND reference NOT LIKE 'owed:%'
              GROUP BY 1, 2) r
        LEFT JOIN (SELECT account_id, reference, sum(points) AS points
                   FROM retail_loyaltyentry WHERE kind = 'earn'
                   GROUP BY 1, 2) e USING (account_id, reference)
        WHERE -r.points > coalesce(e.points, 0)
        """,
    ),
]
