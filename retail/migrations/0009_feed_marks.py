from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("retail", "0008_names_in_messages")]

    operations = [
        migrations.AddField(
            model_name="feedstate",
            name="full_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="feedstate",
            name="mark",
            field=models.BigIntegerField(null=True),
        ),
    ]
