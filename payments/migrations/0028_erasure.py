from datetime import timedelta

from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

import core.database.fields


def let_them_be_erased(apps, schema_editor):
    """Have those who were deleted before erased in their turn."""
    soon = timezone.now() + timedelta(days=settings.ERASE_AFTER_DAYS)
    deleted = apps.get_model("payments", "Customer").objects.filter(deleted_at__isnull=False)
    deleted.update(erase_at=soon)


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0027_addresses_of_challenges"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="erase_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="paymentmethod",
            name="copied_from_id",
            field=core.database.fields.ReferenceField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="paymentmethod",
            name="former_customer_id",
            field=core.database.fields.ReferenceField(blank=True, null=True),
        ),
        migrations.RunPython(let_them_be_erased, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("erase_at__isnull", False)),
                fields=["erase_at"],
                name="customer_by_erasure",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentmethod",
            index=models.Index(
                condition=models.Q(("former_customer_id__isnull", False)),
                fields=["former_customer_id"],
                name="payment_method_by_former",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentmethod",
            index=models.Index(
                condition=models.Q(("copied_from_id__isnull", False)),
                fields=["copied_from_id"],
                name="payment_method_copies",
            ),
        ),
    ]
