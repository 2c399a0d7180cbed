from django.apps import AppConfig


class TablesConfig(AppConfig):
    """The tables under `/admin/`; it has none of its own."""

    name = "retail.tables"
    label = "tables"
