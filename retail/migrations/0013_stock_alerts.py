"""Who waits for a thing that is sold out, and letters that are about no order."""

import django.db.models.deletion
from django.db import migrations, models

import inventory.ids
from inventory.triggers import captured, fenced

TABLES = ["retail_stockalert"]


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0007_counts_given_up"),
        ("retail", "0012_asked_of_a_provider"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="order_id",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="StockAlert",
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
                ("email", models.EmailField(blank=True, max_length=254)),
                ("language", models.CharField(max_length=2)),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="retail.customer",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="inventory.location",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="inventory.variant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("confirmed_at__isnull", False), ("told_at__isnull", True)
                        ),
                        fields=["variant"],
                        name="alerts_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("email", ""), _negated=True),
                        fields=["email"],
                        name="alerts_of",
                    ),
                    models.Index(
                        fields=["customer"], name="retail_stoc_custome_fe9cf1_idx"
                    ),
                    models.Index(
                        fields=["asked_at"], name="retail_stoc_asked_a_ff2da7_idx"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("webshop",))),
                        name="stock_alert_has_owner",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("told_at__isnull", True),
                            models.Q(("email", ""), _negated=True),
                        ),
                        fields=("origin", "email", "variant", "location"),
                        name="one_alert_waits",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        fenced(TABLES),
        captured(TABLES),
    ]
