"""What other systems want to hear, beside the dial."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0006_shared_promotions"),
    ]

    operations = [
        migrations.AddField(
            model_name="levelstate",
            name="heard",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
