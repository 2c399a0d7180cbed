"""When tickets arrived, for who looks at the last weeks."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("pos", "0017_quick_keys_guards"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["received_at"], name="ticket_received"
            ),
        ),
    ]
