"""What customers find in their mailbox."""

from __future__ import annotations

import re
import time
from email import message_from_bytes
from email.policy import default

from tests.living import House

WITHIN = 40.0  # the beat's sweep comes every ten seconds


def link(house: House, subject: str, *, about: str) -> str:
    """The address that the letter opens."""
    found = re.search(r"http\S+/shop/\S+", letter(house, subject, about=about))
    assert found is not None
    return found[0]


def letter(house: House, subject: str, *, about: str) -> str:
    """The text of the newest letter about that order (by its number) whose subject has
    these words, waited for."""
    until = time.monotonic() + WITHIN
    while True:
        sent = [
            text for told, text in letters(house) if subject in told and about in text
        ]
        if sent:
            return sent[-1]
        assert time.monotonic() < until, f"no letter: {subject}"
        time.sleep(0.5)


def letters(house: House) -> list[tuple[str, str]]:
    """(subject, plain text) of each, oldest first."""
    found = []
    for file in house.mail():
        # several letters of one second may share a file
        for each in file.split("\n" + "-" * 79 + "\n"):
            sent = message_from_bytes(each.encode(), policy=default)
            body = sent.get_body(("plain",)) if sent["Subject"] else None
            if body is not None:
                found.append((str(sent["Subject"]), body.get_content()))
    return found
