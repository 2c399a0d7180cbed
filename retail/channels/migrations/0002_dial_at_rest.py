"""The dial's one row and its flags, all off; its history refuses to be edited."""

from django.db import migrations

from inventory.triggers import append_only, functions

FLAGS = ("web_to_store", "unified_customers", "unified_loyalty")


def place(apps, schema_editor):
    alias = schema_editor.connection.alias
    if alias != "default":
        return
    apps.get_model("channels", "LevelState").objects.using(alias).get_or_create(id=1)
    flags = apps.get_model("channels", "FeatureFlag").objects.using(alias)
    for name in FLAGS:
        flags.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]

    operations = [
        migrations.RunPython(place, migrations.RunPython.noop),
        functions(),
        append_only(["channels_flagchange"]),
    ]
