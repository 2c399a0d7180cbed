"""The invariants of messages: queries that must return no rows."""

from inventory.books import Check
from retail.messages.relay import MOST_TRIES

CHECKS = [
    Check(
        "I19",
        "one-effect-per-handler",
        """
        SELECT message_id, handler, count(*) FROM retail_inboxmessage
        GROUP BY message_id, handler HAVING count(*) > 1
        """,
    ),
    Check(
        "I23",
        "outbox-drains",
        """
        SELECT id, kind, made_at FROM retail_outboxmessage
        WHERE sent_at IS NULL AND dead_at IS NULL
          AND made_at < now() - interval '1 minute'
        """,
    ),
    Check(
        "I25",
        "versions-complete",
        """
        SELECT origin, subject, min(version), max(version), count(*)
        FROM retail_outboxmessage GROUP BY origin, subject
        HAVING max(version) - min(version) + 1 <> count(*)
            OR count(DISTINCT version) <> count(*)
        """,
    ),
    # A dead letter is itself the open work item, until a person sets it aside; one that
    # is not marked is forgotten.
    Check(
        "I26",
        "dead-letters-seen",
        f"""
        SELECT id, kind, attempts, last_error FROM retail_outboxmessage
        WHERE sent_at IS NULL AND (dead_at IS NOT NULL OR attempts >= {MOST_TRIES})
          AND NOT (dead_at IS NOT NULL AND act = 'aside')
        """,  # noqa: S608 - a number of ours
    ),
]
