from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "retail.channels"
    label = "channels"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from retail.channels import checks, flags, roles

        flags.register()
        checks.register()
        post_migrate.connect(roles.after_migrate, sender=self)
