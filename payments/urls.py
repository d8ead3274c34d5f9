from django.urls import path

from payments import unsupported
from payments.customers.views import (
    customer_balances,
    customer_payment_methods,
    customer_sessions,
    customers,
    tax_ids,
)
from payments.disputes.views import disputes
from payments.inbound.views import test_helpers
from payments.intents.views import (
    charges,
    confirmation_tokens,
    payment_intents,
    tokens,
)
from payments.methods.views import (
    attachments,
    domains,
    older_sources,
    payment_method_configurations,
    payment_methods,
    sources,
)
from payments.refunds.views import charge_refunds, refunds
from payments.setups.views import setup_intents
from payments.unapplied.views import unapplied_payments

urlpatterns = [
    path("payment_intents", payment_intents.PaymentIntentsView.as_view()),
    path("payment_intents/search", payment_intents.SearchPaymentIntentsView.as_view()),
    path("payment_intents/<str:intent_id>", payment_intents.PaymentIntentView.as_view()),
    path("payment_intents/<str:intent_id>/confirm", payment_intents.ConfirmView.as_view()),
    path("payment_intents/<str:intent_id>/capture", payment_intents.CaptureView.as_view()),
    path("payment_intents/<str:intent_id>/cancel", payment_intents.CancelView.as_view()),
    path(
        "test_helpers/payment_intents/<str:intent_id>/authenticate",
        test_helpers.AuthenticateView.as_view(),
    ),
    path(
        "payment_intents/<str:intent_id>/apply_customer_balance",
        unsupported.ApplyCustomerBalanceView.as_view(),
    ),
    path(
        "payment_intents/<str:intent_id>/increment_authorization",
        unsupported.IncrementAuthorizationView.as_view(),
    ),
    path(
        "payment_intents/<str:intent_id>/verify_microdeposits",
        unsupported.VerifyMicrodepositsView.as_view(),
    ),
    path(
        "payment_intents/<str:intent_id>/amount_details_line_items",
        payment_intents.LineItemsView.as_view(),
    ),
    path("setup_intents", setup_intents.SetupIntentsView.as_view()),
    path("setup_intents/<str:intent_id>", setup_intents.SetupIntentView.as_view()),
    path("setup_intents/<str:intent_id>/confirm", setup_intents.ConfirmView.as_view()),
    path("setup_intents/<str:intent_id>/cancel", setup_intents.CancelView.as_view()),
    path(
        "setup_intents/<str:intent_id>/verify_microdeposits",
        setup_intents.VerifyMicrodepositsView.as_view(),
    ),
    path(
        "test_helpers/setup_intents/<str:intent_id>/authenticate",
        test_helpers.AuthenticateSetupView.as_view(),
    ),
    path("setup_attempts", setup_intents.SetupAttemptsView.as_view()),
    path("mandates/<str:mandate_id>", setup_intents.MandateView.as_view()),
    path("tokens", tokens.TokensView.as_view()),
    path("tokens/<str:token_id>", tokens.TokenView.as_view()),
    path("confirmation_tokens", confirmation_tokens.ConfirmationTokensView.as_view()),
    path("confirmation_tokens/<str:token_id>", confirmation_tokens.ConfirmationTokenView.as_view()),
    path(
        "test_helpers/confirmation_tokens", confirmation_tokens.TestConfirmationTokensView.as_view()
    ),
    path("charges", charges.ChargesView.as_view()),
    path("charges/search", charges.SearchChargesView.as_view()),
    path("charges/<str:charge_id>", charges.ChargeView.as_view()),
    path("charges/<str:charge_id>/capture", charges.CaptureChargeView.as_view()),
    path("charges/<str:charge_id>/refunds", charge_refunds.ChargeRefundsView.as_view()),
    path(
        "charges/<str:charge_id>/refunds/<str:refund_id>", charge_refunds.ChargeRefundView.as_view()
    ),
    path("disputes", disputes.DisputesView.as_view()),
    path("disputes/<str:dispute_id>", disputes.DisputeView.as_view()),
    path("disputes/<str:dispute_id>/close", disputes.CloseDisputeView.as_view()),
    path("radar/early_fraud_warnings", disputes.EarlyFraudWarningsView.as_view()),
    path("radar/early_fraud_warnings/<str:warning_id>", disputes.EarlyFraudWarningView.as_view()),
    path("refunds", refunds.RefundsView.as_view()),
    path("refunds/preview", refunds.PreviewRefundView.as_view()),
    path("refunds/<str:refund_id>", refunds.RefundView.as_view()),
    path("refunds/<str:refund_id>/cancel", refunds.CancelRefundView.as_view()),
    path("test_helpers/refunds/<str:refund_id>/expire", refunds.ExpireRefundView.as_view()),
    path("customers", customers.CustomersView.as_view()),
    path("customers/search", customers.SearchCustomersView.as_view()),
    path("customers/<str:customer_id>", customers.CustomerView.as_view()),
    path(
        "customers/<str:customer_id>/payment_methods",
        customer_payment_methods.CustomerPaymentMethodsView.as_view(),
    ),
    path(
        "customers/<str:customer_id>/payment_methods/<str:method_id>",
        customer_payment_methods.CustomerPaymentMethodView.as_view(),
    ),
    path(
        "customers/<str:customer_id>/balance_transactions",
        customer_balances.CustomerBalancesView.as_view(),
    ),
    path(
        "customers/<str:customer_id>/balance_transactions/<str:row_id>",
        customer_balances.CustomerBalanceView.as_view(),
    ),
    path("customers/<str:customer_id>/cash_balance", unsupported.CashBalanceView.as_view()),
    path(
        "customers/<str:customer_id>/cash_balance_transactions",
        unsupported.CashBalanceTransactionsView.as_view(),
    ),
    path(
        "customers/<str:customer_id>/cash_balance_transactions/<str:row_id>",
        unsupported.CashBalanceTransactionView.as_view(),
    ),
    path(
        "customers/<str:customer_id>/funding_instructions",
        unsupported.RefusedActionView.as_view(),
    ),
    path(
        "test_helpers/customers/<str:customer_id>/fund_cash_balance",
        unsupported.RefusedActionView.as_view(),
    ),
    path("customers/<str:customer_id>/discount", unsupported.DiscountView.as_view()),
    path("customers/<str:customer_id>/sources", sources.SourcesView.as_view()),
    path("customers/<str:customer_id>/sources/<str:row_id>", sources.SourceView.as_view()),
    path(
        "customers/<str:customer_id>/sources/<str:row_id>/verify",
        sources.VerifySourceView.as_view(),
    ),
    path(
        "customers/<str:customer_id>/subscriptions",
        unsupported.SubscriptionsView.as_view(),
    ),
    path("customers/<str:customer_id>/tax_ids", tax_ids.CustomersTaxIdsView.as_view()),
    path("customers/<str:customer_id>/tax_ids/<str:tax_id>", tax_ids.CustomersTaxIdView.as_view()),
    path("tax_ids", tax_ids.TaxIdsView.as_view()),
    path("tax_ids/<str:tax_id>", tax_ids.TaxIdView.as_view()),
    path("sources", older_sources.OlderSourcesView.as_view()),
    path("sources/<str:source_id>", older_sources.OlderSourceView.as_view()),
    path(
        "sources/<str:source_id>/source_transactions",
        older_sources.SourceTransactionsView.as_view(),
    ),
    path("sources/<str:source_id>/verify", older_sources.VerifyOlderSourceView.as_view()),
    path("unapplied_payments", unapplied_payments.UnappliedPaymentsView.as_view()),
    path(
        "unapplied_payments/<str:unapplied_id>", unapplied_payments.UnappliedPaymentView.as_view()
    ),
    path(
        "unapplied_payments/<str:unapplied_id>/refund",
        unapplied_payments.RefundUnappliedPaymentView.as_view(),
    ),
    path(
        "unapplied_payments/<str:unapplied_id>/apply",
        unapplied_payments.ApplyUnappliedPaymentView.as_view(),
    ),
    path("customer_sessions", customer_sessions.CustomerSessionsView.as_view()),
    path("ephemeral_keys", customer_sessions.EphemeralKeysView.as_view()),
    path("ephemeral_keys/<str:key_id>", customer_sessions.EphemeralKeyView.as_view()),
    path(
        "payment_method_configurations",
        payment_method_configurations.ConfigurationsView.as_view(),
    ),
    path(
        "payment_method_configurations/<str:configuration_id>",
        payment_method_configurations.ConfigurationView.as_view(),
    ),
    path("payment_method_domains", domains.PaymentMethodDomainsView.as_view()),
    path("payment_method_domains/<str:domain_id>", domains.PaymentMethodDomainView.as_view()),
    path("payment_method_domains/<str:domain_id>/validate", domains.ValidateDomainView.as_view()),
    path("apple_pay/domains", domains.ApplePayDomainsView.as_view()),
    path("apple_pay/domains/<str:domain_id>", domains.ApplePayDomainView.as_view()),
    path("payment_methods", payment_methods.PaymentMethodsView.as_view()),
    path("payment_methods/<str:method_id>", payment_methods.PaymentMethodView.as_view()),
    path("payment_methods/<str:method_id>/attach", attachments.AttachView.as_view()),
    path("payment_methods/<str:method_id>/detach", attachments.DetachView.as_view()),
]
