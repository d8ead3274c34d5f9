from django.urls import path

from ledger.views import balances

urlpatterns = [
    path("balance", balances.BalanceView.as_view()),
    path("balance_transactions", balances.BalanceTransactionsView.as_view()),
    path("balance_transactions/<str:id>", balances.BalanceTransactionView.as_view()),
]
