from django.contrib.admin.apps import AdminConfig


class HouseAdminConfig(AdminConfig):
    """Django's admin with our site: head office only, on the side its session chose."""

    default_site = "retail.staff.admin_site.HouseAdmin"
