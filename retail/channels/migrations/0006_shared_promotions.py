"""The flag of offers and coupons that are valid everywhere: on where the channels share
all the rest, so that the level keeps its name."""

from django.db import migrations, models

FEATURES = [
    ("web_to_store", "Order on the web, collect in a store"),
    ("shared_database", "One database for both channels"),
    ("unified_customers", "One profile per customer"),
    ("unified_loyalty", "Points earned and spent anywhere"),
    ("shared_promotions", "Offers and coupons valid everywhere"),
    ("endless_aisle", "Stores send what the warehouse lacks"),
]


def place(apps, schema_editor):
    alias = schema_editor.connection.alias
    if alias == "default":
        flags = apps.get_model("channels", "FeatureFlag").objects.using(alias)
        state = apps.get_model("channels", "LevelState").objects.using(alias).first()
        all_on = not flags.filter(on=False).exists()
        joined = bool(state and state.shared_database)
        flags.get_or_create(
            name="shared_promotions", defaults={"on": joined and all_on}
        )


class Migration(migrations.Migration):
    dependencies = [("channels", "0005_stores_send")]

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
