"""What the schema refuses by itself: history edited, a closed side written."""

from django.db import migrations

from inventory.triggers import append_only, fenced

APPEND_ONLY = [
    "retail_loyaltyentry",
    "retail_orderevent",
    "retail_pickupevent",
    "retail_refund",
    "retail_shipevent",
]

FENCED = [
    "retail_basket",
    "retail_basketline",
    "retail_customer",
    "retail_customerlink",
    "retail_feedstate",
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
    "retail_person",
    "retail_pickupevent",
    "retail_pickupjob",
    "retail_pickupline",
    "retail_refund",
    "retail_shipevent",
    "retail_shipjob",
    "retail_shipline",
    "retail_storeavailability",
]


class Migration(migrations.Migration):
    dependencies = [("retail", "0001_initial"), ("inventory", "0002_guards")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE retail_order_number_seq",
            "DROP SEQUENCE IF EXISTS retail_order_number_seq",
        ),
        append_only(APPEND_ONLY),
        fenced(FENCED),
    ]
