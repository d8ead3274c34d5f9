"""What the columns of the API, webhooks and the console hold."""

from typing import Final

from config.privacy.classes import Erasure, Holds, Kept, Tables, Whose, table

TABLES: Final[Tables] = {
    "console.Drill": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "id kind about is_good words made_at"),
        (Holds.PERSONAL, Erasure.STAYS, "made_by"),
    ),
    "console.Export": table(
        Whose.OPERATOR, Kept.EXPORTS,
        (Holds.INTERNAL, Erasure.EXPIRES, """
            id user page status after row_count chunk_count size_bytes failure_count
            is_cut_off created_at finished_at expires_at
        """),
        (Holds.PERSONAL, Erasure.EXPIRES, "query selection"),
    ),
    "console.ExportChunk": table(
        Whose.ANYBODY, Kept.EXPORTS,
        (Holds.INTERNAL, Erasure.EXPIRES, "id export position"),
        (Holds.PERSONAL, Erasure.EXPIRES, "content"),
    ),
    "console.HourlyFigure": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id account livemode hour measure reason count"),
        (Holds.FINANCIAL, Erasure.NONE, "currency amount"),
    ),
    "console.CountedDay": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "day counted_at pending_count"),
    ),
    "console.ClearingAge": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "livemode since read_at"),
    ),
    "console.Note": table(
        Whose.ANYBODY, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "id object_id platform_id author_id created_at"),
        (Holds.PERSONAL, Erasure.STAYS, "text author_email"),
    ),
    "console.SavedFilter": table(
        Whose.OPERATOR, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.STAYS, "id user page name created_at"),
        (Holds.PERSONAL, Erasure.STAYS, "query"),
    ),
    "api.Heartbeat": table(
        Whose.INSTALLATION, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.NONE, "id program host process started_at seen_at"),
    ),
    "api.IdempotencyKey": table(
        Whose.ANYBODY, Kept.IDEMPOTENCY_KEYS,
        (Holds.INTERNAL, Erasure.EXPIRES, """
            id account_id livemode scope key id_suffix attempt claimed_by claimed_at
            status_code created_at day
        """),
        (Holds.SECRET, Erasure.EXPIRES, "fingerprint"),
        (Holds.PERSONAL, Erasure.EXPIRES, "body"),
    ),
    "api.RequestLog": table(
        Whose.ANYBODY, Kept.REQUESTS,
        (Holds.INTERNAL, Erasure.EXPIRES, """
            id account_id livemode key_id method status_code duration_ms api_version
            idempotency_key error_code created_at
        """),
        (Holds.PERSONAL, Erasure.EXPIRES, "address path parameters answer"),
    ),
    "webhooks.Event": table(
        Whose.ANYBODY, Kept.EVENTS,
        (Holds.INTERNAL, Erasure.EXPIRES, """
            account livemode id type object_id api_version request_id idempotency_key
            created_at xid
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "data"),
    ),
    "webhooks.Endpoint": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id url enabled_events name description api_version is_connect
            also_hears_own is_thin is_enabled disabled_reason keeps_order most_per_second
            is_slow timeouts_in_a_row paused_until failing_since failing_notices listens_until
            missed_after missed_until previous_secret_until rolled_as platform_id created_at
            updated_at deleted_at
        """),
        (Holds.SECRET, Erasure.NONE, "secret previous_secret"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "webhooks.Delivery": table(
        Whose.ANYBODY, Kept.DELIVERIES,
        (Holds.INTERNAL, Erasure.EXPIRES, """
            account livemode id event endpoint status body_key attempt_count
            attempts_before_resend next_attempt_at created_at ended_at
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "body"),
    ),
    "webhooks.Body": table(
        Whose.ANYBODY, Kept.DELIVERIES,
        (Holds.INTERNAL, Erasure.EXPIRES, "event_id key created_at"),
        (Holds.PERSONAL, Erasure.EMPTIED, "text"),
    ),
    "webhooks.Attempt": table(
        Whose.ANYBODY, Kept.ATTEMPTS,
        (Holds.INTERNAL, Erasure.EXPIRES, """
            id delivery number status_code latency_ms error created_at
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "response_body"),
        (Holds.INTERNAL, Erasure.NONE, "response_headers request_headers"),
    ),
    "webhooks.Resend": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id endpoint status sends_accepted sends_missed since after
            until sent created_at ended_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "total"),
    ),
    "webhooks.Engine": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id seen_at"),
    ),
    "webhooks.Shard": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id token engine_id backend_pid leased_until"),
    ),
    "webhooks.RelayCursor": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id xid event_id system_identifier"),
    ),
    "webhooks.FanOut": table(
        Whose.INSTALLATION, Kept.EVENTS,
        (Holds.INTERNAL, Erasure.NONE, """
            after_xid after_event_id until_xid until_event_id event_count delivery_count
            created_at
        """),
    ),
}  # fmt: skip
