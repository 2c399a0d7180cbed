"""French and English are both complete: English is in the code, French in `locale/`."""

import gettext
import re
from pathlib import Path

from django.conf import settings

FRENCH = Path(settings.BASE_DIR, "locale", "fr", "LC_MESSAGES", "django.po")
TEXT = r'((?:"(?:[^"\\]|\\.)*"\n?)+)'


def test_no_french_text_is_missing_or_doubtful() -> None:
    text = FRENCH.read_text(encoding="utf-8")
    assert "fuzzy" not in text
    told = re.findall(rf"^msgstr(?:\[\d\])? {TEXT}", text, re.MULTILINE)
    assert len(told) > 1000
    assert [each for each in told if not each.replace('"', "").strip()] == []


def test_what_is_compiled_is_what_is_written() -> None:
    """The `.mo` is committed, because a user's machine has no gettext."""
    written = set(
        re.findall(
            r'^msgid "((?:[^"\\]|\\.)+)"$', FRENCH.read_text("utf-8"), re.MULTILINE
        )
    )
    with FRENCH.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    known = {key[0] if isinstance(key, tuple) else key for key in compiled}
    known = {key.rpartition("\x04")[2] for key in known}
    missing = {
        text.replace('\\"', '"').replace("\\n", "\n") for text in written
    } - known
    assert missing == set()
