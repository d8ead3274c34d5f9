from django.db import migrations

from core.database.indexes import drop_spare_like_indexes


class Migration(migrations.Migration):
    dependencies = [("processors", "0001_initial")]

    operations = [drop_spare_like_indexes("processors")]
