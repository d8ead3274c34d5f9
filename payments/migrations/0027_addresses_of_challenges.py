from django.db import migrations

# The address is made again whenever it is shown; keys that stand in a copy open nothing any more.
_LEFT_OUT = """
    UPDATE {table} SET next_action = next_action #- '{{redirect_to_url,url}}'
    WHERE next_action #> '{{redirect_to_url,url}}' IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0026_default_sources"),
    ]

    operations = [
        migrations.RunSQL(
            [
                _LEFT_OUT.format(table=table)
                for table in ("payments_paymentintent", "payments_setupintent")
            ],
            migrations.RunSQL.noop,
        ),
    ]
