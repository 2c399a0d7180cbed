"""What a switch run needs of the schema: which rows changed while it copies."""

from django.db import migrations

from inventory.triggers import captured, capturing

CAPTURED = [
    "inventory_department",
    "inventory_listing",
    "inventory_location",
    "inventory_price",
    "inventory_product",
    "inventory_reservation",
    "inventory_stockexception",
    "inventory_stocklevel",
    "inventory_stockmovement",
    "inventory_taxcategory",
    "inventory_variant",
]


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_guards")]

    operations = [capturing(), captured(CAPTURED)]
