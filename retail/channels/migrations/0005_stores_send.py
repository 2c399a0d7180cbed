"""The flag of stores that send what the warehouse lacks: off."""

from django.db import migrations, models

FEATURES = [
    ("web_to_store", "Order on the web, collect in a store"),
    ("shared_database", "One database for both channels"),
    ("unified_customers", "One profile per customer"),
    ("unified_loyalty", "Points earned and spent anywhere"),
    ("endless_aisle", "Stores send what the warehouse lacks"),
]


def place(apps, schema_editor):
    alias = schema_editor.connection.alias
    if alias == "default":
        flags = apps.get_model("channels", "FeatureFlag").objects.using(alias)
        flags.get_or_create(name="endless_aisle")


class Migration(migrations.Migration):
    dependencies = [("channels", "0004_switch_runs")]

    operations = [
        migrations.AlterField(
            model_name="featureflag",
            name="name",
            field=models.CharField(
                choices=FEATURES, max_length=40, primary_key=True, serialize=False
            ),
        ),
        migrations.AlterField(
            model_name="flagchange",
            name="feature",
            field=models.CharField(choices=FEATURES, max_length=40),
        ),
        migrations.RunPython(place, migrations.RunPython.noop),
    ]
