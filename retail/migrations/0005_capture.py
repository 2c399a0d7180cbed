"""What a switch run needs of the schema: which rows changed while it copies."""

from django.db import migrations

from inventory.triggers import append_only, captured, fenced

FENCED = [
    "retail_consentevent",
    "retail_notsame",
    "retail_possiblematch",
]

CAPTURED = [
    "retail_basket",
    "retail_basketline",
    "retail_consentevent",
    "retail_customer",
    "retail_fulfilment",
    "retail_fulfilmentline",
    "retail_inboxmessage",
    "retail_loyaltyaccount",
    "retail_loyaltyentry",
    "retail_order",
    "retail_orderevent",
    "retail_orderline",
    "retail_outboxmessage",
    "retail_payment",
    "retail_pickupevent",
    "retail_pickupjob",
    "retail_pickupline",
    "retail_refund",
    "retail_shipevent",
    "retail_shipjob",
    "retail_shipline",
]


class Migration(migrations.Migration):
    dependencies = [
        ("retail", "0004_identity_and_consent"),
        ("inventory", "0003_capture"),
    ]

    operations = [
        append_only(["retail_consentevent"]),
        fenced(FENCED),
        captured(CAPTURED),
    ]
