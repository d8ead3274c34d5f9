from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connect", "0001_schema")]

    operations = [
        migrations.RemoveIndex(model_name="payoutattempt", name="payout_attempt_by_ask"),
        migrations.RenameField("payoutattempt", "said", "message"),
        migrations.RenameField("payoutattempt", "ask_at", "next_poll_at"),
        migrations.AddIndex(
            model_name="payoutattempt",
            index=models.Index(
                condition=models.Q(("next_poll_at__isnull", False)),
                fields=["next_poll_at"],
                name="payout_attempt_by_next_poll",
            ),
        ),
    ]
