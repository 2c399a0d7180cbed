"""Rules that the syntax tree can hold; each message says why. A planted violation of
each proves that it looks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest
from django.apps import apps
from django.db import models

from retail.channels import BUSINESS

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = ("inventory", "retail", "webshop", "pos")
HTTP_IN_RETAIL = {
    # what speaks HTTP in the retailer's room, by file name
    *("views", "urls", "api", "forms", "middleware", "surfaces", "health"),
    *("context_processors", "permissions", "signing_in", "backends", "problems"),
    *("allauth_adapter", "allauth_forms", "admin_site", "admin", "wsgi", "asgi"),
    # folders and pages of their own
    *("templatetags", "schema", "roles", "office", "interfaces", "tables"),
}
HTTP = ("django.http", "django.shortcuts", "django.views", "rest_framework", "allauth")
LONGEST = 300


@dataclass(frozen=True)
class File:
    path: Path
    tree: ast.Module
    lines: int

    @property
    def room(self) -> str:
        return self.path.parts[0]

    def is_in(self, *parts: str) -> bool:
        return self.path.is_relative_to(Path(*parts))


Found = Iterator[tuple[int, str]]
Rule = Callable[[File], Found]


@cache
def sources() -> list[File]:
    found = []
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            relative = path.relative_to(PROJECT)
            if "migrations" not in relative.parts:
                found.append(parsed(relative, path.read_text(encoding="utf-8")))
    return found


def parsed(path: Path, text: str) -> File:
    return File(path, ast.parse(text), len(text.splitlines()))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def imports(file: File) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that is imported."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (
                (node.lineno, f"{node.module}.{each.name}") for each in node.names
            )


def bare_transactions(file: File) -> Found:
    why = "acts on `default`: use channels.atomic() and channels.on_commit()"
    if file.path == Path("retail/channels/transactions.py"):
        return
    for line, name in imports(file):
        if name in {
            "django.db.transaction",
            "django.db.transaction.atomic",
            "django.db.transaction.on_commit",
        }:
            yield line, f"{name} {why}"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and node.attr == "delay_on_commit":
            yield node.lineno, f"delay_on_commit {why}"


def atomic_requests(file: File) -> Found:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if (
                    isinstance(key, ast.Constant)
                    and key.value == "ATOMIC_REQUESTS"
                    and not (isinstance(value, ast.Constant) and value.value is False)
                ):
                    yield node.lineno, "one dead database would fail every page"


def using_in_views(file: File) -> Found:
    in_views = file.path.stem in {"views", "api", "forms"} or "views" in file.path.parts
    if not in_views:
        return
    for node in ast.walk(file.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "using"
        ):
            yield node.lineno, "the router knows the database; .using() goes past it"


def http_below_views(file: File) -> Found:
    parts = {*file.path.parts, file.path.stem}
    allowed = file.room in {"webshop", "pos"} or (
        file.room == "retail"
        and any(each.split("_")[-1] in HTTP_IN_RETAIL for each in parts)
    )
    allowed = allowed or bool(parts & HTTP_IN_RETAIL)
    if allowed and file.room != "inventory":
        return
    for line, name in imports(file):
        if name.startswith(HTTP):
            yield line, f"{name}: what a command would need too knows no HTTP"


def dial_past_its_face(file: File) -> Found:
    """Levels and flags are read through `retail.channels` alone."""
    if file.is_in("retail", "channels"):
        return
    for line, name in imports(file):
        if name.startswith("flags."):
            yield line, "ask channels.on(feature): it is pinned for the request"
        if name.endswith((".LevelState", ".FeatureFlag")) and not file.is_in(
            "retail", "demo"
        ):
            yield line, "the level is asked of retail.channels, not of its table"


def signals(file: File) -> Found:
    for line, name in imports(file):
        if name == "django.dispatch.receiver":
            yield line, "between our rooms a function is called, nothing is signalled"
        if name.startswith("django.db.models.signals") and not name.endswith(
            ".post_migrate"
        ):
            yield line, "a save has no hidden effects: call the function"


def clocks_in_queues(file: File) -> Found:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and dotted(node.func).endswith(
            ("apply_async", "signature")
        ):
            for each in node.keywords:
                if each.arg in {"countdown", "eta"}:
                    yield (
                        node.lineno,
                        "a delayed task runs twice or never: a due column and a sweep",
                    )


def too_long(file: File) -> Found:
    if file.lines > LONGEST:
        yield file.lines, f"over {LONGEST} lines: two files with better names"


def catch_all_names(file: File) -> Found:
    if file.path.stem in {"utils", "services", "helpers", "common", "signals"}:
        yield 1, "a module is named after the business, a function after its verb"


RULES: dict[Rule, tuple[str, str]] = {
    # rule: where a violation is planted, and the violation
    bare_transactions: (
        "webshop/views.py",
        "from django.db import transaction\nwith transaction.atomic(): pass",
    ),
    atomic_requests: ("retail/settings.py", 'D = {"ATOMIC_REQUESTS": True}'),
    using_in_views: (
        "pos/views/till.py",
        "def page(request): return Order.objects.using('pos')",
    ),
    http_below_views: (
        "retail/orders/placing.py",
        "from django.http import HttpRequest",
    ),
    dial_past_its_face: (
        "retail/orders/placing.py",
        "from flags.state import flag_enabled",
    ),
    signals: ("retail/loyalty/points.py", "from django.dispatch import receiver"),
    clocks_in_queues: (
        "retail/orders/tasks.py",
        "def f(): remind.apply_async(args=[1], countdown=3600)",
    ),
    too_long: ("pos/selling.py", "x = 1\n" * (LONGEST + 1)),
    catch_all_names: ("inventory/utils.py", "x = 1"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps(rule: Rule) -> None:
    broken = [
        f"{file.path}:{line}: {why}" for file in sources() for line, why in rule(file)
    ]
    assert broken == [], "\n".join(broken)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_planted_violation_is_seen(rule: Rule) -> None:
    place, text = RULES[rule]
    assert list(rule(parsed(Path(place), dedent(text))))


@pytest.mark.parametrize(
    ("rule", "place", "text"),
    [
        (bare_transactions, "pos/x.py", "from django.db.transaction import on_commit"),
        (bare_transactions, "pos/x.py", "def f(): ring.delay_on_commit()"),
        (http_below_views, "inventory/stock.py", "import rest_framework"),
        (
            dial_past_its_face,
            "pos/x.py",
            "from retail.channels.models import LevelState",
        ),
        (signals, "pos/models.py", "from django.db.models.signals import post_save"),
        (clocks_in_queues, "pos/tasks.py", "def f(at): t.apply_async(eta=at)"),
    ],
)
def test_other_spellings_are_seen_too(rule: Rule, place: str, text: str) -> None:
    assert list(rule(parsed(Path(place), text)))


def integer_keys(found: Iterator[type[models.Model]]) -> list[str]:
    """Integer keys collide when databases are joined."""
    return [
        model._meta.label
        for model in found
        if not isinstance(model._meta.pk, models.UUIDField)
        and not isinstance(
            getattr(model._meta.pk, "target_field", None), models.UUIDField
        )
    ]


def test_business_rows_have_keys_of_their_maker() -> None:
    business = (
        model for label in BUSINESS for model in apps.get_app_config(label).get_models()
    )
    assert integer_keys(business) == []
    planted = apps.get_model("admin", "LogEntry")
    assert integer_keys(iter([planted])) == ["admin.LogEntry"]


def foreign_rooms(found: Iterator[type[models.Model]]) -> list[str]:
    """Business rows name people and keys by plain id: head office's rows lie in another
    database."""
    return [
        str(field)
        for model in found
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and field.related_model._meta.app_label not in BUSINESS  # type: ignore[union-attr]
    ]


def test_no_foreign_key_leaves_the_business() -> None:
    business = (
        model for label in BUSINESS for model in apps.get_app_config(label).get_models()
    )
    assert foreign_rooms(business) == []
    assert foreign_rooms(iter([apps.get_model("staff", "Employee")])) == [
        "staff.Employee.account"
    ]


@pytest.mark.django_db(databases=["default", "webshop", "pos", "shared"])
def test_no_migration_is_missing() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
