"""What the columns of payers and payments hold."""

from typing import Final

from config.privacy.classes import Erasure, Holds, Kept, Tables, Whose, table

TABLES: Final[Tables] = {
    "payments.Customer": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id next_invoice_sequence invoice_prefix default_source_id
            tax_exempt created_at deleted_at erase_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, "balance_amount balance_currency"),
        (Holds.PERSONAL, Erasure.EMPTIED, """
            name email phone description address shipping metadata preferred_locales
            business_name individual_name tax_ip_address invoice_settings
        """),
    ),
    "payments.GuestErasure": table(
        Whose.INSTALLATION, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "held kind until"),
    ),
    "payments.CustomerBalanceTransaction": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "account livemode id customer created_at"),
        (Holds.FINANCIAL, Erasure.STAYS, "amount currency ending_balance_amount"),
        (Holds.PERSONAL, Erasure.EMPTIED, "description metadata"),
    ),
    "payments.PaymentMethod": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id type customer detached_at former_customer_id copied_from_id
            used_at verification failed_verifications allow_redisplay created_at
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "billing_details metadata known_at"),
        (Holds.CARD, Erasure.STAYS, """
            brand funding country last4 exp_month exp_year fingerprint instrument details
            source
        """),
    ),
    "payments.Authentication": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id intent_id payment_method status payee is_for_later flow
            result result_reason exemption wrong_codes charge_id created_at expires_at
            ended_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, "amount currency"),
        (Holds.CARD, Erasure.STAYS, "card_fingerprint eci transaction_id"),
        (Holds.SECRET, Erasure.STAYS, "nonce signature"),
    ),
    "payments.PayerAction": table(
        Whose.PAYER, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.DELETED, """
            account livemode attempt_id intent_id kind number returned_number next_poll_at
            created_at
        """),
        (Holds.SECRET, Erasure.DELETED, "sealed returned"),
    ),
    "payments.PaymentIntent": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            capture_before account livemode id status capture_method confirmation_method customer
            payment_method latest_charge_id statement_descriptor statement_descriptor_suffix
            setup_future_usage automatic_payment_methods payment_method_types
            excluded_payment_method_types configuration lacking_types payment_method_options
            authentication_id platform_id on_behalf_of transfer_destination transfer_group
            held_by is_internal created_at processing_since canceled_at cancellation_reason
        """),
        (Holds.FINANCIAL, Erasure.STAYS, """
            amount amount_capturable amount_received currency application_fee_amount
            transfer_amount split
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, """
            receipt_email last_payment_error next_action return_url
        """),
        (Holds.PERSONAL, Erasure.LATER, """
            description shipping metadata payment_details amount_details
        """),
        (Holds.SECRET, Erasure.STAYS, "client_secret"),
    ),
    "payments.Charge": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id payment_intent payment_method customer status is_captured
            processor routing processor_reference open_request refused_requests risk
            is_off_session is_payer_present is_standalone method_type mandate_id
            next_poll_at receipt_number statement_descriptor statement_descriptor_suffix
            statement_text is_disputed fee_schedule_id available_on balance_transaction_id
            failure_balance_transaction_id platform_id fee_payer_id on_behalf_of
            transfer_destination transfer_group transfer_id application_fee_id created_at
            captured_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, """
            amount amount_captured amount_refunded currency open_request_amount
            amount_disputed fee_amount fee_returnable_amount fee_returned_amount
            application_fee_amount transfer_amount split
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "receipt_email"),
        (Holds.PERSONAL, Erasure.LATER, """
            description shipping metadata billing_details fraud_details
        """),
        (Holds.CARD, Erasure.STAYS, "card network_details three_d_secure failure"),
    ),
    "payments.Refund": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id charge payment_intent status reason reverse_transfer
            transfer_reversals balance_transaction_id failure_balance_transaction_id
            failure_reason transfer_reversal_id is_outside shared_at processor_reference
            pending_since asked_at ask_expires_at created_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, """
            amount currency refund_application_fee fee_returned_amount
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "instructions_email"),
        (Holds.PERSONAL, Erasure.LATER, "metadata"),
    ),
    "payments.UnappliedPayment": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id charge status processor_reference decided_at pending_since
            failed_returns failure_reason return_reference balance_transaction_id created_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, "amount currency"),
    ),
    "payments.CustomerSession": table(
        Whose.PAYER, Kept.UNTIL_USED,
        (Holds.INTERNAL, Erasure.DELETED, """
            account livemode id customer components platform_id created_at expires_at
        """),
        (Holds.SECRET, Erasure.DELETED, "digest"),
    ),
    "payments.Dispute": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id charge payment_intent_id status reason network_reason_code
            processor processor_reference submitting_since submission_count due_at
            created_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, """
            amount currency fee_amount withdrawn_amount reinstated_amount excess_amount
            lines
        """),
        (Holds.PERSONAL, Erasure.LATER, "evidence metadata"),
    ),
    "payments.EarlyFraudWarning": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id charge payment_intent_id fraud_type processor
            processor_reference created_at
        """),
    ),
    "payments.PaymentMethodDomain": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "account livemode id enabled created_at"),
        (Holds.PUBLIC, Erasure.NONE, "domain_name"),
    ),
    "payments.ApplePayDomain": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, "account livemode id created_at"),
        (Holds.PUBLIC, Erasure.NONE, "domain_name"),
    ),
    "payments.FeeSchedule": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            id account method card_country returns starts_at ends_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "currency bps fixed_amount least_amount most_amount"),
    ),
    "payments.FeeTrueUp": table(
        Whose.ACCOUNT, Kept.WITH_BOOKS,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id charge reference balance_transaction_id created_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "estimated_amount actual_amount currency"),
    ),
    "payments.PaymentMethodConfiguration": table(
        Whose.ACCOUNT, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode id name is_default active preferences created_at
        """),
    ),
    "payments.Receipt": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode tries next_try_at sent_at created_at id charge held_by
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "email"),
    ),
    "payments.SetupIntent": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id status usage customer payment_method latest_attempt_id
            on_behalf_of attach_to_self flow_directions automatic_payment_methods
            payment_method_types excluded_payment_method_types configuration lacking_types
            payment_method_options authentication_id mandate_id held_by created_at
            processing_since cancellation_reason
        """),
        (Holds.FINANCIAL, Erasure.STAYS, "single_use_amount single_use_currency"),
        (Holds.PERSONAL, Erasure.EMPTIED, """
            description metadata last_setup_error next_action return_url
        """),
        (Holds.PERSONAL, Erasure.LATER, "customer_acceptance"),
        (Holds.SECRET, Erasure.STAYS, "client_secret"),
    ),
    "payments.SetupAttempt": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id setup_intent payment_method status customer_id on_behalf_of
            usage processor processor_reference created_at
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "setup_error declined_card"),
        (Holds.CARD, Erasure.STAYS, "three_d_secure details"),
    ),
    "payments.Mandate": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id payment_method status intent_id on_behalf_of reference
            created_at
        """),
        (Holds.FINANCIAL, Erasure.STAYS, "single_use_amount single_use_currency"),
        (Holds.PERSONAL, Erasure.LATER, "customer_acceptance"),
    ),
    "payments.TaxId": table(
        Whose.PAYER, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.DELETED, """
            account livemode id customer type created_at deleted_at
        """),
        (Holds.SENSITIVE, Erasure.DELETED, "value"),
    ),
    "payments.Token": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, "account livemode id created_at used_at"),
        (Holds.PERSONAL, Erasure.EXPIRES, "billing_details"),
        (Holds.CARD, Erasure.STAYS, "instrument exp_month exp_year fingerprint"),
    ),
    "payments.Instrument": table(
        Whose.PAYER, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.DELETED, """
            account livemode id payment_method processor is_reusable created_at
        """),
        (Holds.SECRET, Erasure.DELETED, "sealed_token"),
        (Holds.CARD, Erasure.DELETED, "fingerprint network_transaction_id"),
    ),
    "payments.ConfirmationToken": table(
        Whose.PAYER, Kept.FOR_GOOD,
        (Holds.INTERNAL, Erasure.STAYS, """
            account livemode id payment_method setup_future_usage payment_method_options
            intent_id created_at expires_at
        """),
        (Holds.PERSONAL, Erasure.EMPTIED, "shipping return_url"),
    ),
    "payments.UnresolvedRequest": table(
        Whose.INSTALLATION, Kept.WITH_OBJECT,
        (Holds.INTERNAL, Erasure.NONE, """
            account livemode key action object_id processor reason message sent_at tries
            polled_at next_poll_at
        """),
        (Holds.FINANCIAL, Erasure.NONE, "amount currency"),
    ),
}  # fmt: skip
