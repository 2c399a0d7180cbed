"""What was counted and moved is history, and moves with its owner."""

from django.db import migrations

from inventory.triggers import append_only, captured, fenced

TABLES = ["pos_cashmove", "pos_closing", "pos_closingtender"]


class Migration(migrations.Migration):
    dependencies = [("pos", "0007_drawer")]

    operations = [append_only(TABLES), fenced(TABLES), captured(TABLES)]
