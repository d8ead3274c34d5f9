"""What of events, deliveries and attempts is kept whatever its age, and how they were moved."""

# The API shows events for 30 days; the hours leave room for clocks that differ.
LINES = """
    ('webhooks_event', 'evt', 7, 700, ''),
    ('webhooks_delivery', 'evt', 7, 700, ''),
    ('webhooks_attempt', 'dlv', 7, 160, '')
"""

# A condition under which a partition stays: nothing is lost that was not sent yet. Bounds are the
# first and second argument, the partition is the third.
GUARD = """
CREATE FUNCTION core_partition_guard(p_table text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE p_table
        WHEN 'webhooks_event' THEN
            'EXISTS (SELECT FROM %3$I e, webhooks_relaycursor c '
            'WHERE (e.xid, e.id) > (c.xid, c.event_id)) '
            'OR EXISTS (SELECT FROM webhooks_delivery WHERE next_attempt_at IS NOT NULL '
            'AND event_id >= %1$L AND event_id < %2$L)'
        WHEN 'webhooks_delivery' THEN
            'EXISTS (SELECT FROM %3$I WHERE next_attempt_at IS NOT NULL)'
        WHEN 'webhooks_attempt' THEN
            'EXISTS (SELECT FROM webhooks_delivery WHERE next_attempt_at IS NOT NULL '
            'AND id >= %1$L AND id < %2$L)'
        ELSE 'false' END
$$
"""

# What is there from before the partitions is only looked at.
DROP = """
CREATE OR REPLACE FUNCTION core_drop_partitions(p_table text, p_before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    kept record;
    found record;
    is_needed boolean;
    dropped integer := 0;
BEGIN
    SELECT * INTO kept FROM core_partitioned() t WHERE t.table_name = p_table;
    IF kept IS NULL OR p_before > clock_timestamp() - kept.least_hours * interval '1 hour' THEN
        RAISE EXCEPTION 'nothing of % before % may be dropped', p_table, p_before
            USING ERRCODE = '22023';
    END IF;
    FOR found IN SELECT * FROM core_partitions(p_table) LOOP
        CONTINUE WHEN found.is_rest
            OR found.ends > core_partition_bound(kept.prefix, p_before) COLLATE "C";
        -- Whoever would need it now waits until it is gone, or is seen.
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', p_table);
        EXECUTE 'SELECT ' || format(
            core_partition_guard(p_table), found.starts, found.ends, found.partition_name)
            INTO is_needed;
        CONTINUE WHEN is_needed;
        EXECUTE format('DROP TABLE %I', found.partition_name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$
"""

RENAME = """
CREATE FUNCTION webhooks_rename_before(p_table text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    found record;
BEGIN
    EXECUTE format('ALTER TABLE %I RENAME TO %I', p_table, p_table || '_before');
    FOR found IN
        SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        WHERE x.indrelid = to_regclass(quote_ident(p_table || '_before'))
    LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', found.relname, found.relname || '_before');
    END LOOP;
END
$$
"""

INDEX = """
CREATE FUNCTION webhooks_index_as_before(p_table text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT i.relname, pg_get_indexdef(i.oid) AS definition
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        WHERE x.indrelid = to_regclass(quote_ident(p_table || '_before')) AND NOT x.indisunique
    LOOP
        EXECUTE replace(replace(found.definition,
            'INDEX ' || found.relname || ' ON', 'INDEX ' || left(found.relname, -7) || ' ON'),
            '.' || p_table || '_before ', '.' || p_table || ' ');
    END LOOP;
END
$$
"""

# As before, and of the rest what is too old: deliveries of events from long ago that an endpoint
# had missed, tries of what was sent again. Those are few.
DROP_ALL = DROP.replace(
    """    RETURN dropped;
""",
    """    EXECUTE 'SELECT ' || format(core_partition_guard(p_table),
        '', core_partition_bound(kept.prefix, p_before), p_table || '_rest') INTO is_needed;
    IF NOT is_needed THEN
        EXECUTE format('DELETE FROM %I WHERE %I < %L AND created_at < %L', p_table || '_rest',
            (SELECT a.attname FROM pg_partitioned_table p JOIN pg_attribute a
                ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
                WHERE p.partrelid = to_regclass(quote_ident(p_table))),
            core_partition_bound(kept.prefix, p_before), p_before);
    END IF;
    RETURN dropped;
""",
)

# Of the present and of what comes: what is older has had its partition.
STRAY = """
CREATE OR REPLACE FUNCTION core_stray_rows(p_table text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kept record;
    found integer;
BEGIN
    SELECT * INTO kept FROM core_partitioned() t WHERE t.table_name = p_table;
    IF kept IS NULL THEN
        RAISE EXCEPTION '% has no partitions', p_table USING ERRCODE = '22023';
    END IF;
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %I WHERE %I >= %L LIMIT 1000) r',
        p_table || '_rest',
        (SELECT a.attname FROM pg_partitioned_table p JOIN pg_attribute a
            ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
            WHERE p.partrelid = to_regclass(quote_ident(p_table))),
        core_partition_bound(kept.prefix,
            date_trunc(CASE kept.width WHEN 7 THEN 'week' ELSE 'day' END, now(), 'UTC')))
        INTO found;
    RETURN found;
END
$$
"""

# What deliveries send goes with them: as long as one is there, so is its body.
BODY_LINE = "('webhooks_body', 'evt', 7, 700, 'toast_tuple_target = 256')"
BODY_GUARD = GUARD.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    """        WHEN 'webhooks_attempt' THEN
""",
    """        WHEN 'webhooks_body' THEN
            'EXISTS (SELECT FROM webhooks_delivery WHERE event_id >= %1$L AND event_id < %2$L)'
        WHEN 'webhooks_attempt' THEN
""",
)
# Compressed where it stands, if that makes it fit: an event's bodies are read together.
BODY_TABLE = """
CREATE TABLE webhooks_body (
    event_id character varying(64) COLLATE "C" NOT NULL,
    key bigint NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    PRIMARY KEY (event_id, key)
) PARTITION BY RANGE (event_id)
"""

# What the relay made of the events of a week goes with them, and stays while one is to be sent.
FAN_OUT_GUARD = BODY_GUARD.replace(
    """        WHEN 'webhooks_body' THEN
""",
    """        WHEN 'webhooks_fanout' THEN
            'EXISTS (SELECT FROM webhooks_delivery WHERE next_attempt_at IS NOT NULL '
            'AND event_id >= %1$L AND event_id < %2$L)'
        WHEN 'webhooks_body' THEN
""",
)
FAN_OUT_LINE = "('webhooks_fanout', 'evt', 7, 700, '')"
FAN_OUT_TABLE = """
CREATE TABLE webhooks_fanout (LIKE webhooks_fanout_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
PARTITION BY RANGE (until_event_id)
"""
FAN_OUT_KEY = """
ALTER TABLE webhooks_fanout
    ADD CONSTRAINT webhooks_fanout_pkey PRIMARY KEY (until_xid, until_event_id)
"""
