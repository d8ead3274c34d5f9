"""What the columns of accounts, people and keys hold."""

from typing import Final

from config.privacy.classes import Erasure, Holds, Kept, Tables, Whose, table

TABLES: Final[Tables] = {
    "accounts.Account": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            id opened_by country language type business_type controller settings alerts
            charges_enabled payouts_enabled details_submitted settlement_delay_days
            api_version created_at closed_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "default_currency fee_bps fee_fixed_amount"),
        (Holds.PUBLIC, Erasure.NONE, "business_profile"),
        (Holds.PERSONAL, Erasure.STAYS, "name email company tos_acceptance metadata"),
    ),
    "accounts.Connection": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            id platform account livemode granted created_at ended_at
        """),
    ),
    "accounts.ApiKey": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id kind name pepper_id hint permissions platform_id
            token_family dpop_jkt created_at expires_at last_used_at
        """),
        (Holds.SECRET, Erasure.NONE, "digest"),
        (Holds.PUBLIC, Erasure.NONE, "public_text"),
    ),
    "accounts.ApprovalRule": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id action in_test_mode created_at"),
        (Holds.FINANCIAL, Erasure.NONE, "currency above_amount"),
    ),
    "accounts.ApprovalRequest": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            id action account parameters facts sha256 summary summaries livemode rule_id
            requested_by_id created_at expires_at state decided_by_id decided_at tried_at
            run_count ended_at message messages
        """),
        (Holds.FINANCIAL, Erasure.STAYS, "currency amount limited_amount above_amount"),
        (Holds.PERSONAL, Erasure.STAYS, """
            requested_by_email decided_by_email reason decision_reason
        """),
    ),
    "accounts.AuditEvent": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            id created_at actor_kind actor_id action target_type target_id account_id
            livemode request_id step_up_seconds approval_id xid
        """),
        (Holds.PERSONAL, Erasure.STAYS, "actor_email actor_name address changes reason session"),
    ),
    "accounts.AuditSeal": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            number until_xid cluster event_count root previous head signature public_key
            sealed_at
        """),
    ),
    "accounts.AuditLeaf": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "event_id seal_number position leaf"),
    ),
    "accounts.ConfigurationVersion": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id version security"),
    ),
    "accounts.File": table(
        Whose.ANYBODY, Kept.BY_PURPOSE,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id purpose type size_bytes sha256 created_at expires_at
            removed_at
        """),
        (Holds.PERSONAL, Erasure.EXPIRES, "filename"),
    ),
    "accounts.FileChunk": table(
        Whose.ANYBODY, Kept.BY_PURPOSE,
        (Holds.INTERNAL, Erasure.EXPIRES, "id file position"),
        (Holds.SENSITIVE, Erasure.EXPIRES, "content"),
    ),
    "accounts.FileLink": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id file expires_at platform_id created_at
        """),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "accounts.Invitation": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            id role invited_by created_at expires_at accepted_at withdrawn_at
        """),
        (Holds.PERSONAL, Erasure.STAYS, "email"),
        (Holds.SECRET, Erasure.STAYS, "digest"),
    ),
    "accounts.KeyUse": table(
        Whose.ACCOUNT, Kept.KEY_USE,
        (Holds.INTERNAL, Erasure.NONE, """
            id account livemode key_id day permission level requests first_at last_at
        """),
    ),
    "accounts.Letter": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            tries next_try_at sent_at created_at id account_id occurrence
        """),
        (Holds.PERSONAL, Erasure.STAYS, "email subject body"),
    ),
    "accounts.OAuthApplication": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            id client_id user redirect_uris post_logout_redirect_uris client_type
            authorization_grant_type hash_client_secret skip_authorization created updated
            algorithm allowed_origins registration_source cimd_expires_at account livemode
            resources key_lifetime_seconds profile
        """),
        (Holds.SECRET, Erasure.NONE, "client_secret"),
        (Holds.PUBLIC, Erasure.NONE, "name jwks"),
    ),
    "accounts.OAuthAccessToken": table(
        Whose.ACCOUNT, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.NONE, """
            id user source_refresh_token id_token application expires scope resource created
            updated
        """),
        (Holds.SECRET, Erasure.NONE, "token token_checksum"),
    ),
    "accounts.OAuthRefreshToken": table(
        Whose.ACCOUNT, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.NONE, """
            id user application access_token token_family resource created updated revoked
            account scope
        """),
        (Holds.SECRET, Erasure.NONE, "token token_checksum"),
    ),
    "accounts.OAuthGrant": table(
        Whose.ACCOUNT, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.NONE, """
            id user application expires redirect_uri scope created updated
            code_challenge_method claims resource account used_at dpop_jkt token_family
        """),
        (Holds.SECRET, Erasure.NONE, "code nonce code_challenge"),
    ),
    "accounts.OAuthIDToken": table(
        Whose.ACCOUNT, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.NONE, "id user application expires scope created updated"),
        (Holds.SECRET, Erasure.NONE, "jti"),
    ),
    "accounts.OAuthPushedRequest": table(
        Whose.ACCOUNT, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.NONE, """
            id application params dpop_jkt created_at expires_at opened_at used_at
        """),
        (Holds.SECRET, Erasure.NONE, "digest"),
    ),
    "accounts.SecurityAlarm": table(
        Whose.ANYBODY, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            id account_id livemode detector count threshold answer measure_until undone_at
            created_at last_at acknowledged_at
        """),
        (Holds.PERSONAL, Erasure.STAYS, "subject figures acknowledged_by"),
    ),
    "accounts.SecurityBaseline": table(
        Whose.ANYBODY, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "id detector slot mean weeks"),
        (Holds.PERSONAL, Erasure.STAYS, "subject"),
    ),
    "accounts.SecurityPlace": table(
        Whose.ANYBODY, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "id subject first_at last_at"),
        (Holds.PERSONAL, Erasure.STAYS, "place"),
    ),
    "accounts.Session": table(
        Whose.OPERATOR, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.DELETED, "expire_date user began_at seen_at"),
        (Holds.SECRET, Erasure.DELETED, "session_key session_data"),
        (Holds.PERSONAL, Erasure.DELETED, "address agent"),
    ),
    "accounts.User_groups": table(
        Whose.OPERATOR, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.STAYS, "id user group"),
    ),
    "accounts.User_user_permissions": table(
        Whose.OPERATOR, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.STAYS, "id user permission"),
    ),
    "accounts.User": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            last_login is_superuser id is_staff operator_role is_active created_at
        """),
        (Holds.SECRET, Erasure.STAYS, "password"),
        (Holds.PERSONAL, Erasure.STAYS, "email name"),
    ),
    "accounts.RoleChange": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "id user_id was became by_id at"),
    ),
    "accounts.Membership": table(
        Whose.OPERATOR, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.STAYS, "id user account role created_at"),
    ),
}  # fmt: skip
