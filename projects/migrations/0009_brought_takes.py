"""Takes that came whole say so in the ledger."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_begun_exports")]

    operations = [
        migrations.AlterField(
            model_name="quotaentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reserved", "Reserved"),
                    ("released", "Released"),
                    ("brought", "Brought"),
                    ("granted", "Granted"),
                ],
                max_length=10,
            ),
        ),
    ]
