from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0008_products_by_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="location",
            name="closed_days",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="location",
            name="closed_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
