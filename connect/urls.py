from django.urls import path

from connect.hosted.views import links
from connect.onboarding.views import (
    accounts,
    capabilities,
    country_specs,
    external_accounts,
    people,
)
from connect.payouts.views import payouts
from connect.transfers.views import application_fees, reversals, transfers

urlpatterns = [
    path("account", accounts.OwnAccountView.as_view()),
    path("accounts", accounts.AccountsView.as_view()),
    path("accounts/<str:account_id>", accounts.AccountView.as_view()),
    path("accounts/<str:account_id>/capabilities", capabilities.CapabilitiesView.as_view()),
    path(
        "accounts/<str:account_id>/capabilities/<str:capability>",
        capabilities.CapabilityView.as_view(),
    ),
    path("accounts/<str:account_id>/persons", people.PersonsView.as_view()),
    path("accounts/<str:account_id>/persons/<str:person_id>", people.PersonView.as_view()),
    path("accounts/<str:account_id>/reject", accounts.RejectAccountView.as_view()),
    path("accounts/<str:account_id>/login_links", links.LoginLinksView.as_view()),
    path("accounts/<str:account_id>/unreject", accounts.UnrejectAccountView.as_view()),
    path("account_sessions", links.AccountSessionsView.as_view()),
    path("account_links", links.AccountLinksView.as_view()),
    path("country_specs", country_specs.CountrySpecsView.as_view()),
    path("country_specs/<str:country>", country_specs.CountrySpecView.as_view()),
    path(
        "accounts/<str:account_id>/external_accounts",
        external_accounts.ExternalAccountsView.as_view(),
    ),
    path(
        "accounts/<str:account_id>/external_accounts/<str:external_id>",
        external_accounts.ExternalAccountView.as_view(),
    ),
    path("balance_settings", payouts.BalanceSettingsView.as_view()),
    path("payouts", payouts.PayoutsView.as_view()),
    path("payouts/<str:payout_id>", payouts.PayoutView.as_view()),
    path("payouts/<str:payout_id>/cancel", payouts.CancelPayoutView.as_view()),
    path("payouts/<str:payout_id>/reverse", payouts.ReversePayoutView.as_view()),
    path("transfers", transfers.TransfersView.as_view()),
    path("transfers/<str:transfer_id>", transfers.TransferView.as_view()),
    path("transfers/<str:transfer_id>/reversals", reversals.ReversalsView.as_view()),
    path(
        "transfers/<str:transfer_id>/reversals/<str:reversal_id>",
        reversals.ReversalView.as_view(),
    ),
    path("application_fees", application_fees.ApplicationFeesView.as_view()),
    path("application_fees/<str:fee_id>", application_fees.ApplicationFeeView.as_view()),
    path("application_fees/<str:fee_id>/refunds", application_fees.FeeRefundsView.as_view()),
    path(
        "application_fees/<str:fee_id>/refunds/<str:refund_id>",
        application_fees.FeeRefundView.as_view(),
    ),
]
