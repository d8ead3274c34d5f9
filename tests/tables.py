"""Where a word stands in the database."""

from django.db import connection


def tables_with(word: str) -> list[str]:
    """Return the tables of which a row holds a word, as text or as bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace AND NOT relispartition"
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT 1 FROM public."{table}" AS t WHERE strpos(t::text, %s) > 0'
                " OR strpos(t::text, %s) > 0 LIMIT 1",
                [word, word.encode().hex()],
            )
            found += [table] if cursor.fetchone() else []
    return found
