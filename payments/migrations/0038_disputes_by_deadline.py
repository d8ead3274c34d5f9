from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0037_found_by_operators")]

    operations = [
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(status__in=("needs_response", "warning_needs_response")),
                fields=["due_at"],
                name="dispute_unanswered",
            ),
        ),
    ]
