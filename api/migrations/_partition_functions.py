"""Functions that make partitions ahead and drop old ones, for the role that may make no table."""

# What is partitioned, by what, and the least that the application may keep of it. Each migration
# that partitions a table replaces it with one more line.
#
# Columns: the table; the prefix of the ids that it is ranged by, or nothing where it is ranged by
# days; the days of one partition; the hours that it is kept at least; options of the storage.
PARTITIONED = """
CREATE OR REPLACE FUNCTION core_partitioned()
RETURNS TABLE (
    table_name text, prefix text, width integer, least_hours integer, storage text)
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    VALUES {lines}
$$
"""

KEYS = "('api_idempotencykey', '', 1, 23, 'fillfactor = 40')"
REQUESTS = "('api_requestlog', 'req', 7, 24, '')"

# How a moment begins in ids: eight digits of base 62, of fiftieths of a millisecond since 1970.
BOUND = """
CREATE FUNCTION core_partition_bound(p_prefix text, p_at timestamptz) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
    digits CONSTANT text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    rest bigint := floor(extract(epoch FROM p_at) * 50000);
    clock text := '';
BEGIN
    IF p_prefix = '' THEN
        RETURN (p_at AT TIME ZONE 'UTC')::date::text;
    END IF;
    FOR place IN 1..8 LOOP
        clock := substr(digits, (rest % 62)::integer + 1, 1) || clock;
        rest := rest / 62;
    END LOOP;
    RETURN p_prefix || '_' || clock;
END
$$
"""

# The partitions of a table: from which bound, and before which. One that takes what no other takes
# has neither; one that begins with the first row begins with nothing.
PARTITIONS = """
CREATE FUNCTION core_partitions(p_table text)
RETURNS TABLE (partition_name text, is_rest boolean, starts text, ends text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT c.relname::text, pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT',
        coalesce(substring(pg_get_expr(c.relpartbound, c.oid) FROM $x$FROM \\('([^']*)'\\)$x$), ''),
        substring(pg_get_expr(c.relpartbound, c.oid) FROM $x$TO \\('([^']*)'\\)$x$)
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass('public.' || quote_ident(p_table))
    ORDER BY c.relname
$$
"""

# A partition is filled before it is attached: with what came while there was none. To attach waits
# for nobody but who uses the rest, and gives up soon, so that nobody waits behind it for long.
MAKE = """
CREATE FUNCTION core_make_partitions(p_table text, p_until timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    kept record;
    key CONSTANT text := (
        SELECT a.attname FROM pg_partitioned_table p
        JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
        WHERE p.partrelid = to_regclass('public.' || quote_ident(p_table)));
    rest CONSTANT text := p_table || '_rest';
    start timestamptz;
    low text;
    high text;
    name text;
    made integer := 0;
BEGIN
    SELECT * INTO kept FROM core_partitioned() t WHERE t.table_name = p_table;
    IF kept IS NULL OR key IS NULL OR p_until > now() + interval '400 days' THEN
        RAISE EXCEPTION 'no partitions are made of % until %', p_table, p_until
            USING ERRCODE = '22023';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('core_make_partitions ' || p_table, 0));
    start := date_trunc(CASE kept.width WHEN 7 THEN 'week' ELSE 'day' END, now(), 'UTC');
    WHILE start <= p_until LOOP
        low := core_partition_bound(kept.prefix, start);
        high := core_partition_bound(kept.prefix, start + kept.width * interval '24 hours');
        name := p_table || '_' || to_char(start AT TIME ZONE 'UTC', 'YYYYMMDD');
        IF NOT EXISTS (
            SELECT FROM core_partitions(p_table) t
            WHERE NOT t.is_rest AND t.starts <= low COLLATE "C" AND t.ends > low COLLATE "C")
        THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS '
                'INCLUDING STORAGE INCLUDING COMPRESSION)', name, p_table);
            EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', name);
            IF kept.storage <> '' THEN
                EXECUTE format('ALTER TABLE %I SET (%s)', name, kept.storage);
            END IF;
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', rest);
            EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) '
                'INSERT INTO %I SELECT * FROM moved', rest, key, low, key, high, name);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                p_table, name, low, high);
            made := made + 1;
        END IF;
        start := start + kept.width * interval '24 hours';
    END LOOP;
    RETURN made;
END
$$
"""

# What the application may drop is bounded, for whoever breaks into it may call this too.
DROP = """
CREATE FUNCTION core_drop_partitions(p_table text, p_before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    kept record;
    found record;
    dropped integer := 0;
BEGIN
    SELECT * INTO kept FROM core_partitioned() t WHERE t.table_name = p_table;
    IF kept IS NULL OR p_before > clock_timestamp() - kept.least_hours * interval '1 hour' THEN
        RAISE EXCEPTION 'nothing of % before % may be dropped', p_table, p_before
            USING ERRCODE = '22023';
    END IF;
    FOR found IN SELECT * FROM core_partitions(p_table) LOOP
        IF NOT found.is_rest
            AND found.ends <= core_partition_bound(kept.prefix, p_before) COLLATE "C"
        THEN
            EXECUTE format('DROP TABLE %I', found.partition_name);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END
$$
"""

# Makes a partitioned table of an ordinary one that was renamed to `..._before`. The rows stay
# where they are: the old table is the first partition, until it is old enough to be dropped.
ATTACH = """
CREATE FUNCTION core_attach_rows_of_before(p_table text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    kept record;
    key CONSTANT text := (
        SELECT a.attname FROM pg_partitioned_table p
        JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
        WHERE p.partrelid = to_regclass('public.' || quote_ident(p_table)));
    before CONSTANT text := p_table || '_before';
    rest CONSTANT text := p_table || '_rest';
    high text;
    is_empty boolean;
BEGIN
    SELECT * INTO STRICT kept FROM core_partitioned() t WHERE t.table_name = p_table;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', rest, p_table);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', rest);
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', before) INTO is_empty;
    IF is_empty THEN
        EXECUTE format('DROP TABLE %I', before);
        RETURN;
    END IF;
    high := core_partition_bound(kept.prefix,
        date_trunc(CASE kept.width WHEN 7 THEN 'week' ELSE 'day' END, now(), 'UTC')
            + kept.width * interval '24 hours');
    EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L RETURNING *) '
        'INSERT INTO %I SELECT * FROM moved', before, key, high, rest);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)',
        p_table, before, high);
END
$$
"""

# Through the table all partitions would be read to find the rows of this one.
STRAY = """
CREATE FUNCTION core_stray_rows(p_table text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found integer;
BEGIN
    IF NOT EXISTS (SELECT FROM core_partitioned() t WHERE t.table_name = p_table) THEN
        RAISE EXCEPTION '% has no partitions', p_table USING ERRCODE = '22023';
    END IF;
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %I LIMIT 1000) r', p_table || '_rest')
        INTO found;
    RETURN found;
END
$$
"""

PRIVATE = """
REVOKE EXECUTE ON FUNCTION
    core_make_partitions, core_drop_partitions, core_stray_rows, core_attach_rows_of_before
FROM PUBLIC
"""
