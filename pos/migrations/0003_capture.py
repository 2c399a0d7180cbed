"""What a switch run needs of the schema: which rows changed while it copies."""

from django.db import migrations

from inventory.triggers import captured

CAPTURED = [
    "pos_shift",
    "pos_tender",
    "pos_ticket",
    "pos_ticketline",
    "pos_till",
]


class Migration(migrations.Migration):
    dependencies = [("pos", "0002_guards"), ("inventory", "0003_capture")]

    operations = [captured(CAPTURED)]
