"""What waits is closed with its side, and moves with its owner."""

from django.db import migrations

from inventory.triggers import captured, fenced

TABLES = ["pos_parkedticket"]


class Migration(migrations.Migration):
    dependencies = [("pos", "0009_parked")]

    operations = [fenced(TABLES), captured(TABLES)]
