"""What was counted is closed with its side, and moves with its owner."""

from django.db import migrations

from inventory.triggers import captured, fenced

TABLES = ["inventory_count", "inventory_countline"]


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_counts")]

    operations = [fenced(TABLES), captured(TABLES)]
