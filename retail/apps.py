from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetailConfig(AppConfig):
    name = "retail"
    verbose_name = _("Retail")

    def ready(self) -> None:
        from retail.payments import checks

        checks.register()
