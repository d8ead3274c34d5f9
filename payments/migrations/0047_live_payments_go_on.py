from django.db import migrations

# Who takes live payments already is not stopped by a new release; everybody else passes the
# checklist first.
GO_ON = """
    UPDATE processors_livepayments
    SET is_on = true, changed_at = now(), changed_by = 'rialto migrate',
        reason = 'Live payments were taken before this switch was there.'
    WHERE EXISTS (SELECT FROM payments_charge WHERE livemode)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0046_refused_requests"),
        ("processors", "0010_live_payments"),
    ]

    operations = [
        migrations.RunSQL(GO_ON, migrations.RunSQL.noop),
    ]
