"""What the owner runs reads our tables, whatever its session calls by their names."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0007_fair_deliveries")]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION webhooks_relay_rebase() SET search_path = public, pg_temp",
            "ALTER FUNCTION webhooks_relay_rebase() RESET search_path",
        ),
    ]
