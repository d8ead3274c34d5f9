"""The wire's routes that Rialto does not have, below /v1/, with what each does.

A test holds the table against the calls of the official package. What gets endpoints of its own
leaves it.
"""

from typing import Final

_TABLE: Final = """
apps/installs list write
apps/installs/{} read write
apps/installs/{}/uninstall write
apps/secrets list write
apps/secrets/delete write
apps/secrets/find read
billing/alerts list write
billing/alerts/{} read
billing/alerts/{}/activate write
billing/alerts/{}/archive write
billing/alerts/{}/deactivate write
billing/credit_balance_summary read
billing/credit_balance_transactions list
billing/credit_balance_transactions/{} read
billing/credit_grants list write
billing/credit_grants/{} read write
billing/credit_grants/{}/expire write
billing/credit_grants/{}/void write
billing/feedback_options list write
billing/feedback_options/{} read write
billing/feedback_options/{}/deactivate write
billing/meter_event_adjustments write
billing/meter_events write
billing/meters list write
billing/meters/{} read write
billing/meters/{}/deactivate write
billing/meters/{}/event_summaries list
billing/meters/{}/reactivate write
billing_portal/configurations list write
billing_portal/configurations/{} read write
billing_portal/sessions write
climate/orders list write
climate/orders/{} read write
climate/orders/{}/cancel write
climate/products list
climate/products/{} read
climate/suppliers list
climate/suppliers/{} read
credit_notes list write
credit_notes/preview read
credit_notes/preview/lines read
credit_notes/{} read write
credit_notes/{}/lines list
credit_notes/{}/void write
entitlements/active_entitlements list
entitlements/active_entitlements/{} read
entitlements/features list write
entitlements/features/{} read write
exchange_rates list
exchange_rates/{} read
financial_connections/accounts list
financial_connections/accounts/{} read
financial_connections/accounts/{}/disconnect write
financial_connections/accounts/{}/owners list
financial_connections/accounts/{}/refresh write
financial_connections/accounts/{}/subscribe write
financial_connections/accounts/{}/unsubscribe write
financial_connections/sessions write
financial_connections/sessions/{} read
financial_connections/transactions list
financial_connections/transactions/{} read
forwarding/requests list write
forwarding/requests/{} read
identity/verification_reports list
identity/verification_reports/{} read
identity/verification_sessions list write
identity/verification_sessions/{} read write
identity/verification_sessions/{}/cancel write
identity/verification_sessions/{}/redact write
invoice_payments list
invoice_payments/{} read
invoice_rendering_templates list
invoice_rendering_templates/{} read
invoice_rendering_templates/{}/archive write
invoice_rendering_templates/{}/unarchive write
invoiceitems list write
invoiceitems/{} read write delete
invoices list write
invoices/create_preview write
invoices/search search
invoices/{} read write delete
invoices/{}/add_lines write
invoices/{}/attach_payment write
invoices/{}/finalize write
invoices/{}/lines list
invoices/{}/lines/{} write
invoices/{}/mark_uncollectible write
invoices/{}/pay write
invoices/{}/remove_lines write
invoices/{}/send write
invoices/{}/update_lines write
invoices/{}/void write
issuing/authorizations list
issuing/authorizations/{} read write
issuing/authorizations/{}/approve write
issuing/authorizations/{}/decline write
issuing/cardholders list write
issuing/cardholders/{} read write
issuing/cards list write
issuing/cards/{} read write
issuing/disputes list write
issuing/disputes/{} read write
issuing/disputes/{}/submit write
issuing/personalization_designs list write
issuing/personalization_designs/{} read write
issuing/physical_bundles list
issuing/physical_bundles/{} read
issuing/tokens list
issuing/tokens/{} read write
issuing/transactions list
issuing/transactions/{} read write
payment_attempt_records list
payment_attempt_records/{} read
payment_records list
payment_records/report_payment write
payment_records/{} read
payment_records/{}/report_payment_attempt write
payment_records/{}/report_payment_attempt_canceled write
payment_records/{}/report_payment_attempt_failed write
payment_records/{}/report_payment_attempt_guaranteed write
payment_records/{}/report_payment_attempt_informational write
payment_records/{}/report_refund write
plans list write
plans/{} read write delete
product_catalog/trial_offers list write
product_catalog/trial_offers/{} read write
quotes list write
quotes/{} read write
quotes/{}/accept write
quotes/{}/cancel write
quotes/{}/computed_upfront_line_items list
quotes/{}/finalize write
quotes/{}/line_items list
radar/payment_evaluations write
radar/value_list_items list write
radar/value_list_items/{} read delete
radar/value_lists list write
radar/value_lists/{} read write delete
reporting/report_runs list write
reporting/report_runs/{} read
reporting/report_types list
reporting/report_types/{} read
reviews list
reviews/{} read
reviews/{}/approve write
sigma/scheduled_query_runs list
sigma/scheduled_query_runs/{} read
subscription_items list write
subscription_items/{} read write delete
subscription_schedules list write
subscription_schedules/{} read write
subscription_schedules/{}/cancel write
subscription_schedules/{}/release write
subscriptions list write
subscriptions/search search
subscriptions/{} read write delete
subscriptions/{}/discount delete
subscriptions/{}/migrate write
subscriptions/{}/pause write
subscriptions/{}/resume write
tax/associations/find read
tax/calculations write
tax/calculations/{} read
tax/calculations/{}/line_items list
tax/locations list write
tax/locations/{} read
tax/registrations list write
tax/registrations/{} read write
tax/settings read write
tax/transactions/create_from_calculation write
tax/transactions/create_reversal write
tax/transactions/{} read
tax/transactions/{}/line_items list
tax_codes list
tax_codes/{} read
terminal/configurations list write
terminal/configurations/{} read write delete
terminal/connection_tokens write
terminal/locations list write
terminal/locations/{} read write delete
terminal/onboarding_links write
terminal/readers list write
terminal/readers/{} read write delete
terminal/readers/{}/cancel_action write
terminal/readers/{}/collect_inputs write
terminal/readers/{}/collect_payment_method write
terminal/readers/{}/confirm_payment_intent write
terminal/readers/{}/process_payment_intent write
terminal/readers/{}/process_setup_intent write
terminal/readers/{}/refund_payment write
terminal/readers/{}/set_reader_display write
test_helpers/issuing/authorizations write
test_helpers/issuing/authorizations/{}/capture write
test_helpers/issuing/authorizations/{}/expire write
test_helpers/issuing/authorizations/{}/finalize_amount write
test_helpers/issuing/authorizations/{}/fraud_challenges/respond write
test_helpers/issuing/authorizations/{}/increment write
test_helpers/issuing/authorizations/{}/reverse write
test_helpers/issuing/cards/{}/shipping/deliver write
test_helpers/issuing/cards/{}/shipping/fail write
test_helpers/issuing/cards/{}/shipping/return write
test_helpers/issuing/cards/{}/shipping/ship write
test_helpers/issuing/cards/{}/shipping/submit write
test_helpers/issuing/personalization_designs/{}/activate write
test_helpers/issuing/personalization_designs/{}/deactivate write
test_helpers/issuing/personalization_designs/{}/reject write
test_helpers/issuing/transactions/create_force_capture write
test_helpers/issuing/transactions/create_unlinked_refund write
test_helpers/issuing/transactions/{}/refund write
test_helpers/terminal/readers/{}/present_payment_method write
test_helpers/terminal/readers/{}/succeed_input_collection write
test_helpers/terminal/readers/{}/timeout_input_collection write
test_helpers/test_clocks list write
test_helpers/test_clocks/{} read delete
test_helpers/test_clocks/{}/advance write
test_helpers/treasury/inbound_transfers/{}/fail write
test_helpers/treasury/inbound_transfers/{}/return write
test_helpers/treasury/inbound_transfers/{}/succeed write
test_helpers/treasury/outbound_payments/{} write
test_helpers/treasury/outbound_payments/{}/fail write
test_helpers/treasury/outbound_payments/{}/post write
test_helpers/treasury/outbound_payments/{}/return write
test_helpers/treasury/outbound_transfers/{} write
test_helpers/treasury/outbound_transfers/{}/fail write
test_helpers/treasury/outbound_transfers/{}/post write
test_helpers/treasury/outbound_transfers/{}/return write
test_helpers/treasury/received_credits write
test_helpers/treasury/received_debits write
three_d_secure/authentications list write
three_d_secure/authentications/{} read
three_d_secure/authentications/{}/cancel write
three_d_secure/authentications/{}/submit write
topups list write
topups/{} read write
topups/{}/cancel write
treasury/credit_reversals list write
treasury/credit_reversals/{} read
treasury/debit_reversals list write
treasury/debit_reversals/{} read
treasury/financial_accounts list write
treasury/financial_accounts/{} read write
treasury/financial_accounts/{}/close write
treasury/financial_accounts/{}/features read write
treasury/inbound_transfers list write
treasury/inbound_transfers/{} read
treasury/inbound_transfers/{}/cancel write
treasury/outbound_payments list write
treasury/outbound_payments/{} read
treasury/outbound_payments/{}/cancel write
treasury/outbound_transfers list write
treasury/outbound_transfers/{} read
treasury/outbound_transfers/{}/cancel write
treasury/received_credits list
treasury/received_credits/{} read
treasury/received_debits list
treasury/received_debits/{} read
treasury/transaction_entries list
treasury/transaction_entries/{} read
treasury/transactions list
treasury/transactions/{} read
"""

# Route → some of `list`, `search`, `read`, `write` and `delete`; `{}` stands for an id.
ROUTES: Final[dict[str, tuple[str, ...]]] = {
    route: tuple(does) for route, *does in map(str.split, _TABLE.strip().splitlines())
}
