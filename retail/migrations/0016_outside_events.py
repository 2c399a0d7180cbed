"""What other systems want to hear of."""

from django.db import migrations, models

import inventory.ids
from inventory.triggers import captured, fenced

TABLES = ["retail_outsideevent"]


class Migration(migrations.Migration):
    dependencies = [
        ("retail", "0015_unpaid_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideEvent",
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
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("head_office", "Head office"),
                            ("webshop", "Webshop"),
                            ("pos", "Stores"),
                        ],
                        editable=False,
                        max_length=11,
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("data", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("webshop", "pos"))),
                        name="outside_event_has_owner",
                    )
                ],
            },
        ),
        fenced(TABLES),
        captured(TABLES),
    ]
