"""What the bank looks for when its reservations end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bank", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("status", "authorised")),
                fields=["authorised_until"],
                name="bank_charge_lapses",
            ),
        ),
    ]
