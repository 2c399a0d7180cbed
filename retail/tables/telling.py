"""What a cell says of what a column holds: money with its sign, people by their names."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from retail.formatting import money, number, who
from retail.tables.wording import in_words

__all__ = ["cell", "column", "percent", "product_column"]

Column = Callable[[Any], Any]


def column(name: str, label: Any, told: Column, *, order: str = "") -> Column:
    """A column that is counted or looked up, for lists and forms."""

    def shown(row: Any) -> Any:
        return told(row)

    shown.__name__ = name
    shown.short_description = label  # type: ignore[attr-defined]
    if order:
        shown.admin_order_field = order  # type: ignore[attr-defined]
    return shown


def product_column(path: str = "variant") -> Column:
    """The product's name beside its barcode; `path`: from the row to its article."""
    return column(
        "product_name",
        gettext_lazy("Product"),
        lambda row: getattr(row, path).product.name,
        order=f"{path}__product__name",
    )


@cache
def cell(model: type[models.Model], name: Any) -> Any:
    """`name` as it is shown to read: a column for money (12 digits, 2 of them cents),
    for a rate, for who did it, for a language and for codes that have words, else the
    name itself."""
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return name
    words = in_words(model._meta.label_lower, name)
    if isinstance(field, models.Field) and words is not None:
        return column(name, field.verbose_name, words, order=name)
    if isinstance(field, models.DecimalField) and (
        field.max_digits,
        field.decimal_places,
    ) == (12, 2):
        return column(
            name, field.verbose_name, lambda row: amount(row, name), order=name
        )
    if isinstance(field, models.DecimalField) and name == "rate":
        return column(
            name, field.verbose_name, lambda row: percent(row.rate), order=name
        )
    if isinstance(field, models.CharField) and name == "by":
        return column(name, field.verbose_name, lambda row: who(row.by), order=name)
    if isinstance(field, models.CharField) and name == "language":
        return column(
            name, field.verbose_name, lambda row: language(row.language), order=name
        )
    return name


def amount(row: Any, name: str) -> str | None:
    value = getattr(row, name)
    return None if value is None else money(value, getattr(row, "currency", "EUR"))


def percent(share: Decimal) -> str:
    """0.0550 → `5.5%`."""
    points = (share * 100).normalize()
    places = max(0, -int(points.as_tuple().exponent))
    return gettext("%(number)s%%") % {"number": number(points, places=places)}


def language(code: str) -> str:
    """The language's name in the reader's; a code that is not spoken here as it is."""
    name = dict(settings.LANGUAGES).get(code)
    return capfirst(gettext(str(name))) if name else code
