"""What a pickup's goods are worth, and from which worth a store asks for a card."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("retail", "0018_reserved_payments"),
    ]

    operations = [
        migrations.AddField(
            model_name="pickupjob",
            name="worth",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=12
            ),
        ),
        migrations.AddField(
            model_name="pickupsetting",
            name="identity_from",
            field=models.DecimalField(decimal_places=2, max_digits=8, null=True),
        ),
    ]
