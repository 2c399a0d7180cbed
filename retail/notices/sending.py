"""Sending what was written down, after the transactions that wrote it.

A worker takes a notice by a conditional UPDATE, sends it outside any transaction, and
marks it sent. Killed between sending and marking, the notice is taken again after
`TAKEN_FOR` and sent a second time: no more can be promised of e-mail. The second letter
carries the same Message-ID, which lets mailboxes show it once; a carrier of SMS gets
the same id.
"""

import logging
import time
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from retail.alerts import notices as alerts
from retail.channels import atomic
from retail.channels.crashing import crash_point
from retail.notices.facts import facts_of, still_true
from retail.notices.gateway import gateway
from retail.notices.models import Notice, Way
from retail.notices.words import words_of

__all__ = ["MOST_TRIES", "TAKEN_FOR", "letter", "message_id", "send_due"]

log = logging.getLogger(__name__)

MOST_TRIES = 8
TAKEN_FOR = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
BATCH = 100
SECONDS = 10.0  # of one sweep: a slow mail server must not outlast a task's limit


def send_due(now: datetime | None = None) -> int:
    """Sends what is due in the pinned channel's database, oldest first; answers how
    many. Not inside a transaction."""
    now = now or timezone.now()
    ids = list(_due(now).order_by("due_at").values_list("id", flat=True)[:BATCH])
    until = time.monotonic() + SECONDS
    sent = 0
    for id in ids:
        if time.monotonic() > until:
            break
        sent += _one(id, now)
    return sent


def _due(now: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(
        Q(taken_at=None) | Q(taken_at__lt=now - TAKEN_FOR),
        sent_at=None,
        dead_at=None,
        due_at__lte=now,
    )


def _one(id: UUID, now: datetime) -> bool:
    notice = _taken(id, now)
    if notice is None:
        return False
    if not notice.address:
        _mark(id, dead_at=now, last_error="the address was erased")
        return False
    if not still_true(notice) or _ended(notice):
        with atomic():
            Notice.objects.filter(id=id).delete()
        return False
    try:
        _send(notice, now)
    except Exception as error:  # one that cannot be sent must not stop the others
        _failed(notice, error, now)
        return False
    crash_point("after_send")
    _mark(id, sent_at=timezone.now(), last_error="")
    return True


def _ended(notice: Notice) -> bool:
    """Whether it is about an alert that was taken back. One query for these."""
    return notice.kind in alerts.KINDS and alerts.alert_of(notice) is None


def _taken(id: UUID, now: datetime) -> Notice | None:
    """The notice, if no other worker has it."""
    with atomic():
        if not _due(now).filter(id=id).update(taken_at=now, attempts=F("attempts") + 1):
            return None
        return Notice.objects.get(id=id)


def _mark(id: UUID, **changes: object) -> None:
    with atomic():
        Notice.objects.filter(id=id).update(**changes)


def _failed(notice: Notice, error: Exception, now: datetime) -> None:
    dead = notice.attempts >= MOST_TRIES
    wait = min(timedelta(seconds=15 * 2**notice.attempts), LONGEST_WAIT)
    log.log(
        logging.ERROR if dead else logging.WARNING,
        "notice %s %s failed, try %s%s",
        notice.kind,
        notice.id,
        notice.attempts,
        ": given up" if dead else "",
        exc_info=error,
    )
    _mark(
        notice.id,
        taken_at=None,
        due_at=now + wait,
        dead_at=now if dead else None,
        # the kind of error alone: a server's words may quote the address
        last_error=type(error).__name__[:200],
    )


def _send(notice: Notice, now: datetime) -> None:
    if notice.way == Way.EMAIL:
        letter(notice, now=now).send()
        return
    with translation.override(notice.language):
        text = words_of(notice.kind, facts_of(notice, now=now)).short
    gateway().send(notice.address, text, id=notice.id)


def letter(notice: Notice, *, now: datetime | None = None) -> EmailMultiAlternatives:
    """Plain text, with the same in HTML."""
    with translation.override(notice.language):
        given = _given(notice, now)
        headers = {"Message-ID": message_id(notice.id)}
        if end := given.get("end"):  # RFC 8058: a mailbox shows a button for it
            headers["List-Unsubscribe"] = f"<{end}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        made = EmailMultiAlternatives(
            subject=given["words"].title,
            body=render_to_string("notices/letter.txt", given),
            to=[notice.address],
            headers=headers,
        )
        made.attach_alternative(
            render_to_string("notices/letter.html", given), "text/html"
        )
    return made


def _given(notice: Notice, now: datetime | None) -> dict[str, Any]:
    """What a letter is made of. Raises Order.DoesNotExist, StockAlert.DoesNotExist."""
    if notice.kind in alerts.KINDS:
        return {**alerts.letter_of(notice), "language": notice.language}
    facts = facts_of(notice, now=now)
    return {
        "words": words_of(notice.kind, facts),
        "order": facts.order,
        "name": facts.order.first_name,
        "language": notice.language,
    }


def message_id(id: UUID) -> str:
    """Follows from the notice, so that a second sending is the same letter."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{id}@{address.rpartition('@')[2] or 'localhost'}>"
