"""The invariants of people and their links: queries that must return no rows."""

from inventory.books import Check
from retail.customers.consents import WORDINGS
from retail.customers.wiping import left_of_the_erased

# What can be agreed to: the texts that are written.
_WRITTEN = ", ".join(
    f"('{each.id}', '{each.purpose.value}', '{language}')"
    for each in WORDINGS.values()
    for language in each.texts
)

CHECKS = [
    Check(
        "I47",
        "one-person-per-customer",
        """
        SELECT customer_id, min(person_id::text) AS person
        FROM retail_customerlink WHERE ended_at IS NULL
        GROUP BY customer_id HAVING count(*) > 1
        UNION ALL
        SELECT l.customer_id, l.person_id::text
        FROM retail_notsame d
        JOIN retail_customerlink l
          ON l.customer_id = d.one_id AND l.ended_at IS NULL
        JOIN retail_customerlink other
          ON other.customer_id = d.other_id AND other.ended_at IS NULL
         AND other.person_id = l.person_id
        """,
    ),
    Check(
        # a person has the points of their rows, no more and no fewer: a link to a row
        # or an account that is not here would lose some
        "I48",
        "links-keep-points",
        """
        SELECT l.person_id, count(*) - count(a.id) AS missing,
               coalesce(sum(a.balance), 0) AS balance,
               coalesce(sum(e.points), 0) AS entries
        FROM retail_customerlink l
        LEFT JOIN retail_loyaltyaccount a ON a.customer_id = l.customer_id
        LEFT JOIN (SELECT account_id, sum(points) AS points
                   FROM retail_loyaltyentry GROUP BY 1) e ON e.account_id = a.id
        WHERE l.ended_at IS NULL
        GROUP BY l.person_id
        HAVING count(*) <> count(a.id)
            OR coalesce(sum(a.balance), 0) <> coalesce(sum(e.points), 0)
        """,
    ),
    Check(
        # What holds is computed from events, so a consent without its own does not
        # exist. Here: a yes that proves nothing (another channel's row, no such text),
        # and one dated ahead, which would outlive every refusal until then.
        "I49",
        "consent-has-proof",
        f"""
        SELECT e.customer_id, e.purpose, e.wording
        FROM retail_consentevent e JOIN retail_customer c ON c.id = e.customer_id
        WHERE e.origin <> c.origin OR e.by = ''
           OR (e.granted AND (
                (e.wording, e.purpose, e.language) NOT IN (VALUES {_WRITTEN})
             OR e.at > now() + interval '1 minute'
             OR e.at > c.erased_at))
        """,  # noqa: S608 -- our own texts
    ),
    Check(
        # of the people whom this database knows to be erased; over all databases, also
        # the closed ones: `manage.py erasures status`
        "I50",
        "erased-stay-erased",
        left_of_the_erased(),
    ),
]
