"""What customers prefer: a store, a way, and notices that they do without."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("retail", "0013_stock_alerts"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="receives",
            field=models.CharField(blank=True, db_default="", default="", max_length=7),
        ),
        migrations.AddField(
            model_name="customer",
            name="unwanted",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="customer",
            name="usual_store",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=20
            ),
        ),
    ]
