from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0030_bank_sources"),
    ]

    operations = [
        migrations.RenameField("openquestion", "said", "message"),
        migrations.RenameField("openquestion", "asked_at", "polled_at"),
        migrations.RenameField("openquestion", "next_at", "next_poll_at"),
        migrations.RenameField("charge", "ask_again_at", "next_poll_at"),
        # The database's indexes follow their columns by themselves.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("openquestion", "open_question_by_next"),
                migrations.AddIndex(
                    "openquestion",
                    models.Index(fields=["next_poll_at"], name="open_question_by_next"),
                ),
                migrations.RemoveIndex("charge", "charge_without_a_last_word"),
                migrations.AddIndex(
                    "charge",
                    models.Index(
                        condition=models.Q(("next_poll_at__isnull", False)),
                        fields=["next_poll_at"],
                        name="charge_without_a_last_word",
                    ),
                ),
            ]
        ),
    ]
