from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetailConfig(AppConfig):
    name = "retail"
    verbose_name = _("Retail")

    def ready(self) -> None:
        """Celery's app must be there before a shared task is rung anywhere."""
        from retail import celery  # noqa: F401
        from retail.payments import checks

        checks.register()
