"""What the documents name exists, and what must be documented is."""

import re
import shlex
from pathlib import Path

import pytest
from django.apps import apps

from bench.pictures import MOST, PICTURES
from retail.channels import BUSINESS
from retail.channels.management.commands.channels import Command
from retail.messages.handlers import HANDLERS
from tests.test_ownership import CROSS_OWNER

PROJECT = Path(__file__).resolve().parents[1]
PAGES = [
    *(PROJECT / name for name in ("README.md", "CHANGELOG.md", "LICENCES.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
]
# up to the end of the code, or of the first of several in a cell
OF_THE_DIAL = re.compile(r"manage\.py (channels [^`\n|\\]+)")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(images/([^)]+)\)")


def words(name: str) -> str:
    return (PROJECT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    dead = [to for to in LINK.findall(text) if not (page.parent / to).exists()]
    assert not dead


def test_each_picture_is_light_shown_and_told_in_words() -> None:
    found = [
        picture
        for page in (PROJECT / "docs").glob("*.md")
        for picture in PICTURE.findall(page.read_text(encoding="utf-8"))
    ]
    files = {path.name: path for path in (PROJECT / "docs" / "images").iterdir()}
    assert {name for _words, name in found} == files.keys()
    assert {f"{each.name}.webp" for each in PICTURES} == files.keys()
    assert not [name for words, name in found if len(words) < 40]
    assert not [name for name, path in files.items() if path.stat().st_size > MOST]


def test_every_table_has_an_owner_on_the_page() -> None:
    page = words("ownership.md")
    names = {
        model.__name__
        for label in BUSINESS
        for model in apps.get_app_config(label).get_models()
    }
    assert not {name for name in names if not re.search(rf"\b{name}\b", page)}


def test_every_reference_across_owners_is_explained() -> None:
    page = words("ownership.md")
    written = set(re.findall(r"`(\w+)\.(\w+)`", page.split("## References")[1]))
    assert written == CROSS_OWNER


def test_every_kind_of_message_is_explained() -> None:
    written = set(re.findall(r"^\| `([\w.]+)` \|", words("messages.md"), re.MULTILINE))
    assert written == HANDLERS.keys()


def test_decisions_are_listed() -> None:
    page = words("index.md")
    decisions = {path.name for path in (PROJECT / "docs" / "decisions").glob("*.md")}
    assert not {name for name in decisions if f"decisions/{name}" not in page}


def test_commands_of_the_dial_are_understood() -> None:
    """Each is parsed as it is written; LEVEL stands for any of them."""
    parser = Command().create_parser("manage.py", "channels")
    written = {
        command.replace("LEVEL", "omnichannel")
        for page in PAGES
        for command in OF_THE_DIAL.findall(page.read_text(encoding="utf-8"))
    }
    acts = {
        parser.parse_args(shlex.split(command)[1:]).act  # raises CommandError
        for command in written
    }
    wanted = {"status", "preview", "switch", "resume", "abort", "history"}
    assert acts >= wanted | {"retire", "rekey"}
