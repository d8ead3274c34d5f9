"""What the columns of the ledger and the rails hold."""

from typing import Final

from config.privacy.classes import Erasure, Holds, Kept, Tables, Whose, table

TABLES: Final[Tables] = {
    "ledger.LedgerAccount": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "id code owner livemode is_guarded location closed_at"),
        (Holds.FINANCIAL, Erasure.NONE, "currency"),
    ),
    "ledger.GuardedBalance": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "account version"),
        (Holds.FINANCIAL, Erasure.NONE, "posted held floor negative_limit"),
    ),
    "ledger.LimitChange": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "id account changed_at xid base_posting_id"),
        (Holds.FINANCIAL, Erasure.NONE, "before after"),
        (Holds.PERSONAL, Erasure.STAYS, "changed_by"),
    ),
    "ledger.JournalEntry": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            id kind source group livemode fingerprint posted_at effective_at reverses
            request_id xid
        """),
    ),
    "ledger.Posting": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "id entry account available_on lot account_seq xid"),
        (Holds.FINANCIAL, Erasure.NONE, "amount currency balance_after"),
    ),
    "ledger.BalanceTransaction": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id entry type source available_on created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount fee net currency fee_details exchange_rate"),
        (Holds.PERSONAL, Erasure.STAYS, "description"),
    ),
    "ledger.Fold": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "id account available_on posting_count"),
        (Holds.FINANCIAL, Erasure.NONE, "total"),
    ),
    "ledger.FoldHorizon": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "id horizon base_posting_id system_identifier folded_at"),
    ),
    "ledger.Numbering": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "base_posting_id system_identifier began_at"),
    ),
    "ledger.Hold": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "id account source request_id expires_at created_at"),
        (Holds.FINANCIAL, Erasure.NONE, "amount"),
    ),
    "ledger.HoldEvent": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "hold kind entry_id created_at"),
        (Holds.FINANCIAL, Erasure.NONE, "captured_amount"),
    ),
    "ledger.ChartCode": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "code is_guarded"),
    ),
    "ledger.Location": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "id owner livemode location"),
    ),
    "ledger.Kind": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            kind number may_overdraw is_fact moves_between_locations
        """),
        (Holds.FINANCIAL, Erasure.NONE, "debits credits"),
    ),
    "ledger.Seal": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            number base_posting_id from_xid until_xid entry_count root previous head
            sealed_at
        """),
    ),
    "ledger.VerifyRun": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            id began_at ended_at since check_count finding_count findings seal_head
            is_waiting
        """),
        (Holds.PERSONAL, Erasure.STAYS, "asked_by"),
    ),
    "ledger.Snapshot": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            id account day posting_count first_posting_id last_posting_id
        """),
        (Holds.FINANCIAL, Erasure.NONE, "closing_balance"),
    ),
    "ledger.SnapshotHorizon": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            id closed_through next_posting_id waiting_through fence fence_posting_id
            system_identifier closed_at
        """),
    ),
    "processors.ProcessorAccount": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            name kind livemode title status is_default base_url methods statement_descriptor
            settlement_schedule settlement_bank last_answer_at last_failure_at last_failure
            failing_since last_notice_at refused_since refused_count quiet_until checked_at
            check_lines created_at changed_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "currencies amount_limits fee_model"),
        (Holds.SECRET, Erasure.NONE, "sealed_credentials sealed_notice_secrets"),
    ),
    "processors.ReportedBalance": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id processor livemode asked_at problem"),
        (Holds.FINANCIAL, Erasure.NONE, "currency available_amount pending_amount"),
    ),
    "processors.BankFile": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            id kind status name sha256 livemode payment_count execution_date requester
            created_at approver approved_at sent_at acknowledged_at canceled_at message
        """),
        (Holds.FINANCIAL, Erasure.NONE, "total_amount"),
        (Holds.SENSITIVE, Erasure.STAYS, "content"),
        (Holds.PERSONAL, Erasure.STAYS, "made_by approved_by sent_by canceled_by"),
    ),
    "processors.BankPayment": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            key reference status livemode file reason_code reason_words booked_on
            booked_line created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount currency returned_amount"),
        (Holds.SENSITIVE, Erasure.STAYS, "sealed_payee payee"),
        (Holds.PERSONAL, Erasure.STAYS, "text"),
    ),
    "processors.BankStatement": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "id file livemode name closes_on is_interim created_at"),
        (Holds.FINANCIAL, Erasure.NONE, "currency opening_amount closing_amount"),
        (Holds.SENSITIVE, Erasure.NONE, "account"),
    ),
    "processors.BankLine": table(
        Whose.ANYBODY, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.STAYS, """
            id file key booked_on end_to_end_id reason_code reason_words matched_by payment
            created_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, "amount currency"),
        (Holds.PERSONAL, Erasure.STAYS, "counterparty text matched_who undone_who"),
    ),
    "processors.LivePayments": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "id is_on changed_at"),
        (Holds.PERSONAL, Erasure.STAYS, "changed_by reason"),
    ),
    "processors.InboundNotice": table(
        Whose.PAYER, Kept.NOTICES,
        (Holds.INTERNAL, Erasure.STAYS, """
            id processor outside_id received_at next_at tries applied_at problem
        """),
        (Holds.PERSONAL, Erasure.EXPIRES, "body"),
    ),
    "processors.ToldEvent": table(
        Whose.PAYER, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.STAYS, """
            name processor kind key payment_reference reference value is_success reason
            told_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, "currency"),
        (Holds.SECRET, Erasure.EXPIRES, "more"),
    ),
    "processors.RoutingRuleSet": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            id version is_draft document again_of changed_at published_at
        """),
        (Holds.PERSONAL, Erasure.STAYS, "author reason"),
    ),
    "processors.RoutingBreaker": table(
        Whose.OPERATOR, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            id processor method retry_at openings successes forced changed_at
        """),
        (Holds.PERSONAL, Erasure.STAYS, "forced_by reason"),
    ),
    "processors.RoutingTallies": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "counts id counted_at"),
    ),
    "processors.SettlementLine": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            id processor livemode reference kind key charge_key about description bearer
            moved_at read_at next_at tries problem
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount fee_amount currency"),
    ),
    "processors.SimulatedRequest": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "account key action charge_key outcome created_at"),
        (Holds.FINANCIAL, Erasure.NONE, "amount currency"),
    ),
}  # fmt: skip
