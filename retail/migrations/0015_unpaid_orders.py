"""From where an order came that waits for its money."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("retail", "0014_preferences"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="visitor",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=32
            ),
        ),
    ]
