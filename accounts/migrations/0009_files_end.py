from datetime import timedelta

from django.conf import settings
from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

import core.database.fields


def end_in_time(apps, schema_editor):
    """What was to last for ever ends as if it were made now; evidence has a month at least."""
    at = timezone.now()
    last = at + timedelta(days=settings.FILE_LINKS_DAYS)
    apps.get_model("accounts", "FileLink").objects.filter(expires_at=None).update(expires_at=last)
    evidence = apps.get_model("accounts", "File").objects.filter(purpose="dispute_evidence")
    month = models.Value(at + timedelta(days=30), models.DateTimeField())
    evidence.update(expires_at=Greatest(F("created_at") + timedelta(days=270), month))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_letters_and_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="file",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="file",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="filelink",
            name="platform_id",
            field=core.database.fields.ReferenceField(blank=True, null=True),
        ),
        migrations.RunPython(end_in_time, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="filelink",
            name="expires_at",
            field=models.DateTimeField(),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(
                condition=models.Q(("removed_at", None)), fields=["id"], name="file_with_content"
            ),
        ),
    ]
