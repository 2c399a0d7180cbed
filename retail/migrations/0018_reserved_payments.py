"""Money that a bank reserved for an order, and how much of it is to be taken."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("retail", "0017_contact_changed"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="payment",
            name="paid_once_per_order",
        ),
        migrations.AddField(
            model_name="payment",
            name="reserved",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=12
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="to_take",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, max_digits=12
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="status",
            field=models.CharField(
                choices=[
                    ("pending", "pending"),
                    ("authorised", "reserved"),
                    ("captured", "paid"),
                    ("failed", "declined"),
                    ("void", "not needed any more"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("status", "authorised")),
                fields=["asked_at"],
                name="payment_authorised",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reserved__gte", 0),
                    ("to_take__gte", 0),
                    (
                        "to_take__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount"), "-", models.F("reserved")
                        ),
                    ),
                ),
                name="taken_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("status__in", ["authorised", "captured"]),
                    models.Q(("method", "gift"), _negated=True),
                ),
                fields=("order", "method"),
                name="paid_once_per_order",
            ),
        ),
    ]
