"""Which permission opens a page of the admin that is no table's. Pure."""

from typing import Final

PAGE_PERMISSIONS: Final[dict[str, str]] = {
    "payments_unknown": "payments.view_unresolvedrequest",
    "payments_unapplied": "payments.view_unappliedpayment",
    "connect_sellers_to_look_at": "connect.view_person",
    "connect_payouts_to_look_at": "connect.view_payout",
    "connect_next_payouts": "connect.view_payoutrun",
    "connect_bank_files": "processors.view_bankfile",
    "connect_negative_balances": "connect.view_connectreservechange",
    "connect_treasury": "connect.view_treasurymove",
    "connect_open_platform": "accounts.add_account",
    "ledger_clearing": "ledger.view_ledgeraccount",
    "console_books": "ledger.view_ledgeraccount",
    "console_exports": "console.add_export",
    "console_live": "processors.view_processoraccount",
    "console_routing": "processors.view_routingruleset",
    "accounts_approvals": "accounts.view_approvalrequest",
    "connect_settings": "accounts.set_account",
}
