"""What people read when their PIN was not taken."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from retail.staff.signing_in import Locked, WrongPin

__all__ = ["locked_text", "wrong_pin_text"]


def wrong_pin_text(refusal: WrongPin) -> str:
    return _("Wrong PIN. Tries left: %(left)s.") % {"left": refusal.left}


def locked_text(refusal: Locked) -> str:
    until = timezone.localtime(refusal.until)
    return _("Too many tries. Wait until %(time)s.") % {"time": f"{until:%H:%M}"}
