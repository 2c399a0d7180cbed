"""What offers took off a line, and the gift card that paid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pos", "0005_returns_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="tender",
            name="gift_card_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="ticketline",
            name="discount",
            field=models.DecimalField(decimal_places=2, default=0, max_digits=12),
        ),
        migrations.AddField(
            model_name="ticketline",
            name="offers",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="tender",
            name="method",
            field=models.CharField(
                choices=[
                    ("cash", "cash"),
                    ("card", "card"),
                    ("points", "points"),
                    ("gift", "gift card"),
                ],
                max_length=6,
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sale", "sale"),
                    ("web_order", "web order paid at the counter"),
                    ("refund", "refund or exchange"),
                    ("gift_card", "gift card sold or loaded"),
                ],
                max_length=10,
            ),
        ),
    ]
