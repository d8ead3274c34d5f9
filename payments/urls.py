from django.urls import path

from payments.views import (
    charges,
    customer_sessions,
    customers,
    payment_intents,
    payment_method_configurations,
    payment_methods,
    refunds,
    setup_intents,
    test_helpers,
)

urlpatterns = [
    path("payment_intents", payment_intents.PaymentIntentsView.as_view()),
    path("payment_intents/<str:intent_id>", payment_intents.PaymentIntentView.as_view()),
    path("payment_intents/<str:intent_id>/confirm", payment_intents.ConfirmView.as_view()),
    path("payment_intents/<str:intent_id>/capture", payment_intents.CaptureView.as_view()),
    path("payment_intents/<str:intent_id>/cancel", payment_intents.CancelView.as_view()),
    path(
        "test_helpers/payment_intents/<str:intent_id>/authenticate",
        test_helpers.AuthenticateView.as_view(),
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
    path("charges", charges.ChargesView.as_view()),
    path("charges/<str:charge_id>", charges.ChargeView.as_view()),
    path("refunds", refunds.RefundsView.as_view()),
    path("refunds/preview", refunds.PreviewRefundView.as_view()),
    path("refunds/<str:refund_id>", refunds.RefundView.as_view()),
    path("refunds/<str:refund_id>/cancel", refunds.CancelRefundView.as_view()),
    path("test_helpers/refunds/<str:refund_id>/expire", refunds.ExpireRefundView.as_view()),
    path("customers", customers.CustomersView.as_view()),
    path("customers/<str:customer_id>", customers.CustomerView.as_view()),
    path(
        "customers/<str:customer_id>/payment_methods",
        customers.CustomerPaymentMethodsView.as_view(),
    ),
    path(
        "customers/<str:customer_id>/payment_methods/<str:method_id>",
        customers.CustomerPaymentMethodView.as_view(),
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
    path("payment_methods", payment_methods.PaymentMethodsView.as_view()),
    path("payment_methods/<str:method_id>", payment_methods.PaymentMethodView.as_view()),
    path("payment_methods/<str:method_id>/attach", payment_methods.AttachView.as_view()),
    path("payment_methods/<str:method_id>/detach", payment_methods.DetachView.as_view()),
]
