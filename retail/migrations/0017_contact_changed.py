"""When a customer last put another phone number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("retail", "0016_outside_events"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="contact_changed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
