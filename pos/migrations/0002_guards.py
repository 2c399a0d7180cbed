"""What the schema refuses by itself: history edited, a closed side written."""

from django.db import migrations

from inventory.triggers import append_only, fenced

APPEND_ONLY = [
    "pos_tender",
    "pos_ticket",
    "pos_ticketline",
]

FENCED = [
    "pos_shift",
    "pos_tender",
    "pos_ticket",
    "pos_ticketline",
    "pos_till",
]


class Migration(migrations.Migration):
    dependencies = [("pos", "0001_initial"), ("inventory", "0002_guards")]

    operations = [
        append_only(APPEND_ONLY),
        fenced(FENCED),
    ]
