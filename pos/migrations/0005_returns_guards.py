"""What came back is history too, and moves with its owner."""

from django.db import migrations

from inventory.triggers import append_only, captured, fenced

TABLES = ["pos_return"]


class Migration(migrations.Migration):
    dependencies = [("pos", "0004_returns")]

    operations = [append_only(TABLES), fenced(TABLES), captured(TABLES)]
