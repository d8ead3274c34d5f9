"""What migrations do to indexes that Django does not know of."""

from django.db import migrations


def drop_spare_like_indexes(room: str) -> migrations.RunSQL:
    """Drop the second index that Django once made beside each index on an id.

    See `core.database.fields`: under the "C" collation the first one serves `LIKE` as well.

    Args:
        room: The app whose tables are meant.
    """
    sql = f"""
        DO $$
        DECLARE
            spare regclass;
        BEGIN
            FOR spare IN
                SELECT i.indexrelid FROM pg_index i
                JOIN pg_class c ON c.oid = i.indexrelid
                JOIN pg_collation l ON l.oid = i.indcollation[0]
                WHERE c.relnamespace = current_schema()::regnamespace
                    AND c.relname LIKE '{room}\\_%\\_like' AND l.collname = 'C'
            LOOP
                EXECUTE format('DROP INDEX %s', spare);
            END LOOP;
        END
        $$
    """  # noqa: S608  a name of ours
    return migrations.RunSQL(sql, migrations.RunSQL.noop)
