"""What the columns of sellers hold."""

from typing import Final

from config.privacy.classes import Erasure, Holds, Kept, Tables, Whose, table

TABLES: Final[Tables] = {
    "connect.ApplicationFee": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id seller charge_id originating_transaction available_on
            balance_transaction_id created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, """
            amount amount_refunded currency payment_amount payment_amount_refunded
            payment_currency
        """),
    ),
    "connect.ApplicationFeeRefund": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id source_refund_id balance_transaction_id created_at
            restored_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "fee amount currency payment_amount"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "connect.Capability": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            id account livemode name status is_requested requested_at
        """),
    ),
    "connect.ExchangeRate": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id sold bought starts_at created_at"),
        (Holds.FINANCIAL, Erasure.NONE, "rate"),
    ),
    "connect.ExternalAccount": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id kind status country is_default holder_type is_iban bank_name
            account_type brand platform_id held_until hold_told_at left_at created_at
            deleted_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "currency"),
        (Holds.PERSONAL, Erasure.STAYS, "holder_name address metadata"),
        (Holds.SENSITIVE, Erasure.STAYS, """
            sealed_number last4 fingerprint routing_number exp_month exp_year
        """),
    ),
    "connect.LocationCash": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "id location livemode read_at note"),
        (Holds.FINANCIAL, Erasure.NONE, "currency free_amount prefunded_amount"),
    ),
    "connect.PayoutPrice": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "account livemode id"),
        (Holds.FINANCIAL, Erasure.NONE, "currency bps fixed_amount least_amount most_amount"),
    ),
    "connect.PayoutSchedule": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            id account livemode interval weekly_days monthly_days delay_days next_on
            paused_at pause_reason collected_id
        """),
        (Holds.FINANCIAL, Erasure.NONE, "minimum_amounts"),
    ),
    "connect.PayoutRun": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            id livemode day account_count payout_count started_at finished_at
        """),
    ),
    "connect.Payout": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id status method is_automatic destination run processor
            processor_reference send_at arrival_date description statement_descriptor
            failure_code failure_message balance_transaction_id
            failure_balance_transaction_id application_fee_id resolved_at created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount currency application_fee_amount"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "connect.PayoutAttempt": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            id payout number status reference reason message tries sent_at next_poll_at
        """),
    ),
    "connect.PayoutLine": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            id account livemode transaction_id available_on earned_on payout is_released
        """),
        (Holds.FINANCIAL, Erasure.NONE, "currency amount"),
    ),
    "connect.Person": table(
        Whose.PERSON, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id is_individual status answer_at platform_id left_at
            created_at deleted_at
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "details relationship metadata failed"),
        (Holds.SENSITIVE, Erasure.EMPTIED, "sealed_numbers numbers_given"),
    ),
    "connect.AccountRequirements": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            id account livemode due_since activated_at requirements capability_requirements
            company_status company_failed stranded reevaluate_at
        """),
        (Holds.SENSITIVE, Erasure.STAYS, "sealed_numbers numbers_given"),
    ),
    "connect.AccountBlock": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id kind source reason release releases_at created_at
            released_at
        """),
        (Holds.PERSONAL, Erasure.STAYS, "author released_by message"),
    ),
    "connect.AccountLink": table(
        Whose.ACCOUNT, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id type platform_id return_url refresh_url asks_everything
            created_at expires_at used_at ended_at
        """),
        (Holds.SECRET, Erasure.NONE, "digest"),
    ),
    "connect.ConnectReserveChange": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, "account livemode id balance_transaction_id created_at"),
        (Holds.FINANCIAL, Erasure.NONE, "amount currency"),
    ),
    "connect.SealedToken": table(
        Whose.PERSON, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "account livemode id kind created_at used_at"),
        (Holds.SENSITIVE, Erasure.STAYS, "sealed"),
        (Holds.PERSONAL, Erasure.STAYS, "client_ip"),
    ),
    "connect.Transfer": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id destination destination_payment_id source_transaction
            available_on transfer_group balance_transaction_id application_fee_id created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount amount_reversed currency"),
        (Holds.PERSONAL, Erasure.STAYS, "description metadata"),
    ),
    "connect.SellerPayment": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id transfer source_transfer_account_id application_fee_id
            balance_transaction_id created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount amount_refunded currency application_fee_amount"),
        (Holds.PERSONAL, Erasure.STAYS, "description metadata"),
    ),
    "connect.TransferReversal": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id transfer destination_payment_refund_id source_refund_id
            balance_transaction_id created_at restored_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount currency payment_amount payment_currency"),
        (Holds.PERSONAL, Erasure.STAYS, "metadata"),
    ),
    "connect.TreasuryMove": table(
        Whose.INSTALLATION, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            id livemode status source target is_source_bank is_target_bank created_at
            ended_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount currency"),
        (Holds.PERSONAL, Erasure.STAYS, "recorded_by ended_by note"),
    ),
}  # fmt: skip
