"""A store's keys are closed with their side, and move with their owner."""

from django.db import migrations

from inventory.triggers import captured, fenced

TABLES = ["pos_quickkeys"]


class Migration(migrations.Migration):
    dependencies = [("pos", "0016_quick_keys")]

    operations = [fenced(TABLES), captured(TABLES)]
