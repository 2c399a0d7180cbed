"""Addresses that customers keep."""

import django.db.models.deletion
from django.db import migrations, models

import inventory.ids
from inventory.triggers import captured, fenced

TABLES = ["retail_address"]


class Migration(migrations.Migration):
    dependencies = [
        ("retail", "0010_offers_and_gift_cards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Address",
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
                ("line1", models.CharField(max_length=120)),
                ("line2", models.CharField(blank=True, max_length=120)),
                ("postcode", models.CharField(max_length=10)),
                ("city", models.CharField(max_length=80)),
                ("country", models.CharField(default="FR", max_length=2)),
                ("first", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addresses",
                        to="retail.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["customer"], name="retail_addr_custome_78c1f9_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("webshop", "pos"))),
                        name="address_has_owner",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("first", True)),
                        fields=("customer",),
                        name="one_first_address",
                    ),
                ],
            },
        ),
        fenced(TABLES),
        captured(TABLES),
    ]
