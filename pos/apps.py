from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from inventory import in_store


class PosConfig(AppConfig):
    name = "pos"
    verbose_name = _("Stores")

    def ready(self) -> None:
        # a form that nobody can read is found at the start, not at the till
        in_store.check(settings.IN_STORE_CODES)
