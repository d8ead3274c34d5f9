"""Every type of event, one line each. A type is never renamed."""

from typing import Final

# Goes to the endpoint that it is about, whatever that asked for.
TEST_EVENT: Final = "webhook_endpoint.tested"

EVENT_TYPES: Final = {
    "account.external_account.created": "A bank account or card to be paid out to was added.",
    "account.external_account.deleted": "A bank account or card to be paid out to was removed.",
    "account.external_account.updated": "What is known of a bank account or card changed.",
    "account.updated": "A connected account's details or state changed.",
    "account.application.authorized": "An account was connected to the platform.",
    "account.application.deauthorized": "An account is no longer connected to the platform.",
    "application_fee.created": "The platform took its cut of a seller's payment or payout.",
    "application_fee.refund.updated": "The metadata of a returned application fee changed.",
    "application_fee.refunded": "A part or all of an application fee was returned.",
    "balance.available": "Money that was pending can be paid out.",
    "balance_settings.updated": "When or what of a balance is paid out changed.",
    "capability.updated": "A connected account may do something more, or less.",
    "charge.captured": "What was authorised has been taken, in part or in full.",
    "charge.dispute.closed": "A dispute was won or lost, or an inquiry ended.",
    "charge.dispute.created": "A payer disputes a charge, or their bank asks about it.",
    "charge.dispute.funds_reinstated": "A disputed amount came back.",
    "charge.dispute.funds_withdrawn": "A disputed amount was taken.",
    "charge.dispute.updated": "A dispute's evidence, state or metadata changed.",
    "charge.expired": "An authorisation was let go without being captured.",
    "charge.failed": "An attempt to charge was declined.",
    "charge.pending": "The processor has taken on a charge that it answers days later.",
    "charge.refunded": "A charge was refunded, in part or in full.",
    "charge.refund.updated": "A refund's state or details changed.",
    "charge.succeeded": "A charge was captured or authorised.",
    "charge.updated": "A charge's description or metadata changed.",
    "coupon.created": "A coupon was made.",
    "coupon.deleted": "A coupon was deleted: nobody can redeem it any more.",
    "coupon.updated": "A coupon's name, metadata or currencies changed.",
    "checkout.session.async_payment_failed": "A completed session's bank said no, days later.",
    "checkout.session.async_payment_succeeded": "A completed session was paid, days later.",
    "checkout.session.completed": "A payer completed a checkout session.",
    "checkout.session.expired": "A checkout session expired, or was expired.",
    "customer.created": "A customer was added.",
    "customer.deleted": "A customer was deleted.",
    "customer.source.created": "A card or a bank account was added to a customer as a source.",
    "customer.source.deleted": "A source was taken from a customer.",
    "customer.source.updated": "What is known of a source changed, or a bank account was verified.",
    "customer.tax_id.created": "A tax id of a customer was kept.",
    "customer.tax_id.deleted": "A tax id of a customer was deleted.",
    "customer.updated": "A customer's details changed.",
    "mandate.updated": "A payer's permission took effect, or ended.",
    "payment.created": "A seller received money by a transfer.",
    "payment_intent.amount_capturable_updated": "An intent is authorised and can be captured.",
    "payment_intent.canceled": "An intent was canceled.",
    "payment_intent.created": "An intent was made.",
    "payment_intent.payment_failed": "An attempt to pay an intent was declined.",
    "payment_intent.processing": "The processor has not said yet what became of an attempt.",
    "payment_intent.requires_action": "The payer has to do something first.",
    "payment_intent.succeeded": "An intent was paid.",
    "payment_link.created": "A payment link was made.",
    "payment_link.updated": "A payment link was changed, or is used up.",
    "payment_method.attached": "A payment method was saved to a customer.",
    "payment_method.detached": "A payment method was taken from its customer.",
    "payment_method.updated": "A payment method's details changed.",
    "person.created": "Somebody behind a connected account was named.",
    "person.deleted": "Somebody is no longer behind a connected account.",
    "person.updated": "What is known of somebody behind a connected account changed.",
    "payout.canceled": "A payout was stopped before it was sent.",
    "payout.created": "An account's balance, or a part of it, is to be paid out.",
    "payout.failed": "A payout was refused by the payee's bank, or came back.",
    "payout.paid": "A payout has arrived, as far as its bank says.",
    "payout.reconciliation_completed": "It is known which transactions a payout paid.",
    "payout.updated": "A payout's state or metadata changed.",
    "price.created": "A price was made.",
    "price.updated": "What may change of a price, such as whether it is active, did.",
    "product.created": "Something to sell was added.",
    "product.deleted": "A product that has no prices was deleted.",
    "product.updated": "A product's details or its default price changed.",
    "promotion_code.created": "A promotion code was made.",
    "promotion_code.updated": "A promotion code was switched on or off, or its details changed.",
    "radar.early_fraud_warning.created": "An issuer believes that a payment was fraud.",
    "radar.early_fraud_warning.updated": "A refund or a dispute settles what an issuer believes.",
    "refund.created": "A refund was asked for.",
    "refund.failed": "A refund did not reach the payer; its money is back.",
    "refund.updated": "A refund's state or details changed.",
    "setup_intent.canceled": "A setup intent was canceled.",
    "setup_intent.created": "A setup intent was made.",
    "setup_intent.requires_action": "The payer has to do something before a method can be kept.",
    "setup_intent.setup_failed": "An attempt to keep a payment method was declined.",
    "setup_intent.succeeded": "A payment method can be charged later.",
    "source.chargeable": "A source was made, and can be charged.",
    "tax_rate.created": "A tax rate was made.",
    "tax_rate.updated": "A tax rate's words, or whether it is active, changed.",
    "transfer.created": "A seller was given money.",
    "transfer.reversed": "A part or all of a transfer was taken back.",
    "transfer.updated": "A transfer's description or metadata changed.",
    "unapplied_payment.created": "A payer paid after the charge had ended; nothing is paid by it.",
    "unapplied_payment.updated": "A late payment goes back, is its merchant's, or never came.",
    "webhook_endpoint.disabled": "An endpoint said that it is gone, or failed for five days.",
    "webhook_endpoint.failing": "An endpoint has accepted nothing for an hour, a day, three days.",
    "webhook_endpoint.tested": "Somebody asked for a test; no other endpoint hears of it.",
}

# Events of the second dialect that have no snapshot.
THIN_ONLY: Final = {
    "v2.core.event_destination.ping": "Somebody asked whether a destination is reached.",
}

# What official packages let an endpoint ask for besides, so that one that is set up for more than
# this platform does is set up all the same.
NEVER_SENT: Final = frozenset(
    """
    apps.install.created apps.install.deleted
    apps.install.updated billing.alert.triggered
    billing.credit_balance_transaction.created billing.credit_grant.created
    billing.credit_grant.updated billing.meter.created billing.meter.deactivated
    billing.meter.reactivated billing.meter.updated billing_portal.configuration.created
    billing_portal.configuration.updated billing_portal.session.created
    cash_balance.funds_available
    climate.order.canceled climate.order.created climate.order.delayed climate.order.delivered
    climate.order.product_substituted climate.product.created climate.product.pricing_updated
    credit_note.created credit_note.updated credit_note.voided customer.discount.created
    customer.discount.deleted customer.discount.updated customer.source.expiring
    customer.subscription.created customer.subscription.deleted customer.subscription.paused
    customer.subscription.pending_update_applied customer.subscription.pending_update_expired
    customer.subscription.resumed customer.subscription.trial_will_end
    customer.subscription.updated customer.tax_id.updated
    customer_cash_balance_transaction.created entitlements.active_entitlement_summary.updated
    file.created financial_connections.account.account_numbers_updated
    financial_connections.account.created financial_connections.account.deactivated
    financial_connections.account.disconnected
    financial_connections.account.expected_deactivation_date_updated
    financial_connections.account.reactivated financial_connections.account.refreshed_balance
    financial_connections.account.refreshed_ownership
    financial_connections.account.refreshed_transactions
    financial_connections.account.supported_payment_method_types_updated
    financial_connections.account.upcoming_account_number_expiry
    financial_connections.account.upcoming_deactivation
    financial_connections.authorization.expected_deactivation_date_updated
    financial_connections.authorization.upcoming_deactivation
    identity.verification_session.canceled identity.verification_session.created
    identity.verification_session.processing identity.verification_session.redacted
    identity.verification_session.requires_input identity.verification_session.verified
    invoice.created invoice.deleted invoice.finalization_failed invoice.finalized
    invoice.marked_uncollectible invoice.overdue invoice.overpaid invoice.paid
    invoice.payment_action_required invoice.payment_attempt_required invoice.payment_failed
    invoice.payment_succeeded invoice.sent invoice.upcoming invoice.updated invoice.voided
    invoice.will_be_due invoice_payment.paid invoiceitem.created invoiceitem.deleted
    issuing_authorization.created issuing_authorization.request issuing_authorization.updated
    issuing_card.created issuing_card.updated issuing_cardholder.created
    issuing_cardholder.updated issuing_dispute.closed issuing_dispute.created
    issuing_dispute.funds_reinstated issuing_dispute.funds_rescinded issuing_dispute.submitted
    issuing_dispute.updated issuing_personalization_design.activated
    issuing_personalization_design.deactivated issuing_personalization_design.rejected
    issuing_personalization_design.updated issuing_token.created issuing_token.updated
    issuing_transaction.created issuing_transaction.purchase_details_receipt_updated
    issuing_transaction.updated payment_intent.partially_funded
    payment_method.automatically_updated plan.created
    plan.deleted plan.updated price.deleted quote.accepted quote.canceled quote.created
    quote.finalized reporting.report_run.failed
    reporting.report_run.succeeded reporting.report_type.updated reserve.hold.created
    reserve.hold.updated reserve.plan.created reserve.plan.disabled reserve.plan.expired
    reserve.plan.updated reserve.release.created review.closed review.opened
    sigma.scheduled_query_run.created source.canceled source.failed source.mandate_notification
    source.refund_attributes_required source.transaction.created source.transaction.updated
    subscription_schedule.aborted subscription_schedule.canceled subscription_schedule.completed
    subscription_schedule.created subscription_schedule.expiring subscription_schedule.released
    subscription_schedule.updated tax.settings.updated terminal.reader.action_failed
    terminal.reader.action_succeeded terminal.reader.action_updated
    test_helpers.test_clock.advancing test_helpers.test_clock.created
    test_helpers.test_clock.deleted test_helpers.test_clock.internal_failure
    test_helpers.test_clock.ready three_d_secure.authentication.canceled
    three_d_secure.authentication.challenge_started three_d_secure.authentication.errored
    three_d_secure.authentication.failed three_d_secure.authentication.requires_challenge
    three_d_secure.authentication.requires_submission three_d_secure.authentication.succeeded
    topup.canceled topup.created topup.failed topup.reversed topup.succeeded
    treasury.credit_reversal.created treasury.credit_reversal.posted
    treasury.debit_reversal.completed treasury.debit_reversal.created
    treasury.debit_reversal.initial_credit_granted treasury.financial_account.closed
    treasury.financial_account.created treasury.financial_account.features_status_updated
    treasury.inbound_transfer.canceled treasury.inbound_transfer.created
    treasury.inbound_transfer.failed treasury.inbound_transfer.succeeded
    treasury.outbound_payment.canceled treasury.outbound_payment.created
    treasury.outbound_payment.expected_arrival_date_updated treasury.outbound_payment.failed
    treasury.outbound_payment.posted treasury.outbound_payment.returned
    treasury.outbound_payment.tracking_details_updated treasury.outbound_transfer.canceled
    treasury.outbound_transfer.created treasury.outbound_transfer.expected_arrival_date_updated
    treasury.outbound_transfer.failed treasury.outbound_transfer.posted
    treasury.outbound_transfer.returned treasury.outbound_transfer.tracking_details_updated
    treasury.received_credit.created treasury.received_credit.failed
    treasury.received_credit.succeeded treasury.received_debit.created
    """.split()
)
