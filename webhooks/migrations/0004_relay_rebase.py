"""The relay knows its cluster, and can begin anew in another."""

from django.db import migrations

# After a restore into another cluster, transaction numbers start low again and old ones mean
# nothing. What may not have been relayed (the last hour before the relay stopped, and all since)
# is relayed once more; deliveries that exist already absorb it. Only the owner may run it.
REBASE = """
CREATE FUNCTION webhooks_relay_rebase() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz;
    again bigint;
BEGIN
    LOCK TABLE webhooks_event, webhooks_relaycursor, webhooks_fanout IN EXCLUSIVE MODE;
    SELECT max(created_at) - interval '1 hour' INTO since FROM webhooks_fanout;
    UPDATE webhooks_event SET xid = 0 WHERE created_at < since;
    UPDATE webhooks_event SET xid = pg_current_xact_id()::text::bigint
    WHERE since IS NULL OR created_at >= since;
    GET DIAGNOSTICS again = ROW_COUNT;
    DELETE FROM webhooks_fanout;
    UPDATE webhooks_relaycursor SET xid = 1, event_id = '',
        system_identifier = (SELECT s.system_identifier::text FROM pg_control_system() s);
    RETURN again;
END
$$;
REVOKE EXECUTE ON FUNCTION webhooks_relay_rebase() FROM PUBLIC
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0003_leases_and_fan_outs")]

    operations = [
        migrations.RunSQL(REBASE, "DROP FUNCTION webhooks_relay_rebase()"),
        migrations.RunSQL(
            "UPDATE webhooks_relaycursor SET system_identifier = "
            "(SELECT s.system_identifier::text FROM pg_control_system() s)",
            migrations.RunSQL.noop,
        ),
    ]
