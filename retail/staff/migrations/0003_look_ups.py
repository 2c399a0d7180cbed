from django.db import migrations, models

import inventory.ids
from inventory.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0002_edits"),
    ]

    operations = [
        migrations.AddField(
            model_name="employee",
            name="looked_up",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="employee",
            name="looked_up_from",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="LookUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=inventory.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("employee_id", models.UUIDField()),
                ("by", models.CharField(max_length=80)),
                ("location_code", models.CharField(max_length=12)),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("card", "Card"),
                            ("phone", "Phone number"),
                            ("email", "E-mail"),
                            ("name", "Name"),
                        ],
                        max_length=5,
                    ),
                ),
                ("refused", models.BooleanField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["-at", "-id"], name="staff_looku_at_712b20_idx"
                    )
                ],
            },
        ),
        append_only(["staff_lookup"]),
    ]
