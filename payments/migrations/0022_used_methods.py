from django.db import migrations, models

_USED = """
    UPDATE payments_paymentmethod AS m SET used_at = c.at
    FROM (
        SELECT c.payment_method_id, max(c.created_at) AS at
        FROM payments_charge AS c
        JOIN payments_paymentintent AS i ON i.id = c.payment_intent_id
        WHERE c.status <> 'failed' AND i.setup_future_usage IS NULL
        GROUP BY c.payment_method_id
    ) AS c
    WHERE c.payment_method_id = m.id AND m.customer_id IS NULL AND m.detached_at IS NULL
"""
_OF_DELETED = """
    UPDATE payments_paymentmethod AS m SET detached_at = c.deleted_at, customer_id = NULL
    FROM payments_customer AS c
    WHERE c.id = m.customer_id AND c.deleted_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0021_detached_methods"),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentmethod",
            name="used_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL([_USED, _OF_DELETED], migrations.RunSQL.noop),
    ]
