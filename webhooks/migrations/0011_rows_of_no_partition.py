"""Rows that came for a week whose partition is gone: nobody is told of them, and they go by age."""

from django.db import migrations

from webhooks.migrations import _partition_functions as functions


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0010_partitions")]

    operations = [migrations.RunSQL([(functions.DROP_ALL, None), (functions.STRAY, None)])]
