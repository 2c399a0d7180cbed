"""What the schema refuses by itself: history edited, a closed side written."""

from django.db import migrations

from inventory.triggers import append_only, fenced, functions

APPEND_ONLY = [
    "inventory_stockmovement",
]

FENCED = [
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
    dependencies = [("inventory", "0001_initial")]

    operations = [
        functions(),
        append_only(APPEND_ONLY),
        fenced(FENCED),
    ]
