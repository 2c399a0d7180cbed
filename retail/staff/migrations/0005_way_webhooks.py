"""Webhooks are a way of their own in the log of who changed what."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0004_way_closed_days"),
    ]

    operations = [
        migrations.AlterField(
            model_name="edit",
            name="way",
            field=models.CharField(
                choices=[
                    ("tables", "Tables"),
                    ("import", "Import"),
                    ("offers", "Offers"),
                    ("closed", "Closed days"),
                    ("webhook", "Webhooks"),
                ],
                max_length=7,
            ),
        ),
    ]
