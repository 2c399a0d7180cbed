"""Offers, coupons and gift cards, and where orders say what came of them."""

import django.db.models.deletion
from django.db import migrations, models

import inventory.ids
from inventory.triggers import append_only, captured, fenced

TABLES = [
    "retail_coupon",
    "retail_couponuse",
    "retail_giftcard",
    "retail_giftcardentry",
    "retail_promotion",
]


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_transfers_and_blocks"),
        ("retail", "0009_feed_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Coupon",
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
                ("code", models.CharField(max_length=40)),
                ("most", models.PositiveIntegerField(blank=True, null=True)),
                ("used", models.PositiveIntegerField(default=0, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="CouponUse",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("order", "order"), ("ticket", "ticket")], max_length=6
                    ),
                ),
                ("reference", models.UUIDField()),
                ("used_at", models.DateTimeField()),
                ("given_back_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="GiftCard",
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
                ("code_hash", models.CharField(max_length=64)),
                ("tail", models.CharField(max_length=4)),
                (
                    "balance",
                    models.DecimalField(decimal_places=2, default=0, max_digits=12),
                ),
                ("currency", models.CharField(default="EUR", max_length=3)),
                ("issued_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="GiftCardEntry",
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
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("load", "loaded"),
                            ("spend", "paid with"),
                            ("give_back", "given back"),
                        ],
                        max_length=9,
                    ),
                ),
                ("reference", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Promotion",
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
                ("name_fr", models.CharField(max_length=80)),
                ("name_en", models.CharField(max_length=80)),
                ("rule", models.JSONField()),
                ("priority", models.PositiveSmallIntegerField(default=100)),
                ("exclusive", models.BooleanField(default=False)),
                ("needs_code", models.BooleanField(default=False)),
                ("channels", models.JSONField(blank=True, default=list)),
                ("stores", models.JSONField(blank=True, default=list)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="paid_once_per_order",
        ),
        migrations.AddField(
            model_name="basket",
            name="coupons",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="order",
            name="discount",
            field=models.DecimalField(decimal_places=2, default=0, max_digits=12),
        ),
        migrations.AddField(
            model_name="orderline",
            name="discount",
            field=models.DecimalField(decimal_places=2, default=0, max_digits=12),
        ),
        migrations.AddField(
            model_name="orderline",
            name="offers",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="payment",
            name="gift_card_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="payment",
            name="method",
            field=models.CharField(
                choices=[
                    ("online", "online"),
                    ("at_store", "in the store"),
                    ("gift", "gift card"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("discount__gte", 0), ("total__gte", 0)),
                name="order_line_discount_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("status", "captured"), models.Q(("method", "gift"), _negated=True)
                ),
                fields=("order",),
                name="paid_once_per_order",
            ),
        ),
        migrations.AddField(
            model_name="couponuse",
            name="coupon",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="retail.coupon",
            ),
        ),
        migrations.AddIndex(
            model_name="giftcard",
            index=models.Index(
                fields=["code_hash"], name="retail_gift_code_ha_b6aa4a_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="giftcard",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ("webshop", "pos"))),
                name="gift_card_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="giftcard",
            constraint=models.UniqueConstraint(
                fields=("origin", "code_hash"), name="gift_card_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="giftcard",
            constraint=models.CheckConstraint(
                condition=models.Q(("balance__gte", 0)), name="gift_card_not_negative"
            ),
        ),
        migrations.AddField(
            model_name="giftcardentry",
            name="card",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="retail.giftcard",
            ),
        ),
        migrations.AddIndex(
            model_name="promotion",
            index=models.Index(
                fields=["needs_code", "ends_at"], name="retail_prom_needs_c_b0da67_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ("webshop", "pos"))),
                name="promotion_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True),
                    ("ends_at__gte", models.F("starts_at")),
                    _connector="OR",
                ),
                name="promotion_ends_after_it_starts",
            ),
        ),
        migrations.AddField(
            model_name="coupon",
            name="promotion",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="coupons",
                to="retail.promotion",
            ),
        ),
        migrations.AddIndex(
            model_name="couponuse",
            index=models.Index(
                fields=["reference"], name="retail_coup_referen_64ed1b_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="couponuse",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ("webshop", "pos"))),
                name="coupon_use_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="couponuse",
            constraint=models.UniqueConstraint(
                fields=("coupon", "reference"), name="coupon_once_per_purchase"
            ),
        ),
        migrations.AddIndex(
            model_name="giftcardentry",
            index=models.Index(
                fields=["card", "at"], name="retail_gift_card_id_fc5aee_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="giftcardentry",
            index=models.Index(
                fields=["reference"], name="retail_gift_referen_195c1e_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="giftcardentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ("webshop", "pos"))),
                name="gift_card_entry_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="giftcardentry",
            constraint=models.UniqueConstraint(
                fields=("card", "kind", "reference"), name="gift_card_entry_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ("webshop", "pos"))),
                name="coupon_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.UniqueConstraint(
                fields=("origin", "code"), name="coupon_code_once_per_channel"
            ),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("most__isnull", True),
                    ("used__lte", models.F("most")),
                    _connector="OR",
                ),
                name="coupon_within_limit",
            ),
        ),
        append_only(["retail_giftcardentry"]),
        fenced(TABLES),
        captured(TABLES),
    ]
