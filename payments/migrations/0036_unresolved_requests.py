"""Unresolved requests by their own name."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0035_words_for_people")]

    operations = [
        migrations.RenameModel(old_name="OpenQuestion", new_name="UnresolvedRequest"),
        migrations.RenameIndex(
            model_name="unresolvedrequest",
            old_name="open_question_by_next",
            new_name="unresolved_request_by_next",
        ),
        migrations.RenameIndex(
            model_name="unresolvedrequest",
            old_name="open_question_by_object",
            new_name="unresolved_request_by_object",
        ),
    ]
