"""What a cell says of what a column holds: money with its sign, people by their names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext_lazy

from retail.formatting import money, who

__all__ = ["cell", "column", "product_column"]

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
    """`name` as it is shown to read: a column for money (12 digits, 2 of them cents) and
    for who did it, else the name itself."""
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return name
    if isinstance(field, models.DecimalField) and (
        field.max_digits,
        field.decimal_places,
    ) == (12, 2):
        return column(
            name, field.verbose_name, lambda row: amount(row, name), order=name
        )
    if isinstance(field, models.CharField) and name == "by":
        return column(name, field.verbose_name, lambda row: who(row.by), order=name)
    return name


def amount(row: Any, name: str) -> str | None:
    value = getattr(row, name)
    return None if value is None else money(value, getattr(row, "currency", "EUR"))
