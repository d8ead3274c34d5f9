"""What was asked about a charge stands in the book of the account that has the charge."""

from django.db import migrations

_MOVE = """
    UPDATE processors_simulatedrequest r SET account = c.processor
    FROM {table} c WHERE c.id = r.charge_key AND c.processor COLLATE "C" <> r.account
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0044_routing_of_charges"),
        ("processors", "0009_books_of_accounts"),
    ]

    operations = [
        migrations.RunSQL(_MOVE.format(table=table), migrations.RunSQL.noop)
        for table in ("payments_charge", "payments_setupattempt")
    ]
