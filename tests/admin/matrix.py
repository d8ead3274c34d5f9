"""Who opens which page of the console: what is wanted, told apart from the table that decides it.

Each letter is a role: owner, admin, oPerator, support, finance, developer, aUditor. An `m` after
them says that members of a platform have it too, with their own rows.
"""

from typing import Final

from core.security.role_words import Role

LETTERS: Final = dict(zip("OAPSFDU", Role, strict=True))

# Lists and pages of rows. Histories lead to the audit trail, which asks for itself.
LOOKS: Final = {
    "OAPSFU m": """
        payments_paymentintent payments_charge payments_refund payments_customer
        payments_paymentmethod payments_dispute payments_earlyfraudwarning payments_setupintent
        payments_setupattempt payments_mandate payments_authentication payments_receipt
        payments_feetrueup payments_unappliedpayment checkout_checkoutsession accounts_account
        accounts_file connect_person
        connect_accountrequirements connect_accountblock connect_accountlink connect_capability
        accounts_approvalrequest
        """,
    "OAPFU m": """
        connect_payout connect_payoutschedule connect_connectreservechange connect_externalaccount
        connect_transfer connect_transferreversal connect_sellerpayment connect_applicationfee
        connect_applicationfeerefund ledger_balancetransaction payments_feeschedule
        connect_payoutprice
        """,
    "OAPFU": """
        connect_payoutrun processors_bankfile processors_bankpayment processors_bankstatement
        processors_bankline processors_settlementline connect_locationcash connect_exchangerate
        ledger_journalentry
        ledger_ledgeraccount ledger_hold ledger_seal ledger_verifyrun
        """,
    "OAPSDU m": "webhooks_event webhooks_endpoint webhooks_delivery",
    "OAPSFDU m": """
        accounts_connection checkout_product checkout_price checkout_coupon checkout_promotioncode
        checkout_taxrate checkout_shippingrate checkout_paymentlink
        """,
    "OADU m": "accounts_apikey api_requestlog accounts_oauthapplication",
    "OAPDU": "processors_inboundnotice accounts_securityalarm",
    "OAPFDU": "processors_processoraccount",
    "OAU": """
        accounts_user accounts_membership accounts_letter accounts_auditevent accounts_auditseal
        accounts_approvalrule
        """,
}
ADDS: Final = {
    "OA": "accounts_user payments_feeschedule connect_payoutprice processors_processoraccount",
    "O": "accounts_membership accounts_approvalrule",
    "OF": "connect_exchangerate connect_locationcash",
    "OAD": "accounts_oauthapplication",
    "OAD m": "accounts_apikey webhooks_endpoint",
}
CHANGES: Final = {
    "OA": "accounts_user accounts_account payments_feeschedule connect_payoutprice",
    "O": "accounts_membership accounts_approvalrule",
    "OF": "connect_locationcash",
    "OAD": "accounts_oauthapplication",
    "OAP": "processors_processoraccount",
    "OAPD": "accounts_securityalarm",
    "OAD m": "accounts_apikey webhooks_endpoint",
}
DELETES: Final = {"O": "accounts_membership accounts_approvalrule"}
# Pages that are no table's: who opens them, and who sends their forms.
PAGES: Final = {
    "payments_unknown": ("OAPSFU m", "OPS"),
    "payments_unapplied": ("OAPSFU m", ""),
    "payments_preview": ("OAPSFU m", ""),
    "console_payment": ("OAPSFU m", ""),
    "console_charge": ("OAPSFU m", ""),
    "console_customer": ("OAPSFU m", ""),
    "console_personal_data": ("OA m", "OA m"),
    "console_payout": ("OAPFU m", ""),
    "console_account": ("OAPSFU m", ""),
    "console_request": ("OADU m", ""),
    "console_event": ("OAPSDU m", ""),
    "console_document": ("OPSU m", ""),
    "console_exports": ("OFU m", ""),
    # Whoever opens it and may do nothing is told so; what is done is tried in tests/console.
    "console_books": ("OAPFU", ""),
    "console_routing": ("OAPFU", "OAP"),
    "console_routing_rule": ("OAP", "OAP"),
    "console_routing_replay": ("OAPFU", ""),
    "console_live": ("OAPFDU", "OA"),
    "console_trial_balance": ("OAPFU", ""),
    "console_statement": ("OAPFU", ""),
    "console_books_export": ("", "OFU"),
    # What they do is tried in tests/console; the forms are for whoever opens them.
    "payments_capture": ("OP m", ""),
    "payments_cancel": ("OPS m", ""),
    "payments_unapplied_return": ("OPF", ""),
    "payments_unapplied_apply": ("OPF", ""),
    "payments_unapplied_void": ("OPF", ""),
    "payments_refund_now": ("", "OPS m"),
    "payments_share": ("OPF", "OPF"),
    "payments_bear": ("OPF", "OPF"),
    "connect_payout_cancel": ("OPF m", ""),
    "connect_payout_again": ("OPF m", ""),
    "connect_payout_ask": ("OP m", "OP m"),
    "connect_pay_now": ("OPF m", ""),
    "connect_account_link": ("OPS m", "OPS m"),
    "connect_account_look": ("OPS m", "OPS m"),
    "connect_sellers_to_look_at": ("OAPSFU m", "OP"),
    "connect_payouts_to_look_at": ("OAPFU m", "OPF m"),
    "connect_next_payouts": ("OAPFU", ""),
    "connect_bank_files": ("OAPFU", "OF"),
    "connect/payout/bank-files/<str:file_id>.xml": ("OF", ""),
    "connect_negative_balances": ("OAPFU m", "OPF"),
    "connect_treasury": ("OAPFU", "OF"),
    "connect_open_platform": ("OA", "OA"),
    "connect_settings": ("OA m", ""),
    "connect_account_settings": ("OA m", "OA m"),
    "ledger_clearing": ("OAPFU", ""),
    "ledger_proof": ("OAPFU", ""),
    "processors_secrets": ("OA", "OA"),
    "webhooks_resend": ("", "OAPSD m"),
    "webhooks_resend_unaccepted": ("", "OAPSD m"),
    "webhooks_roll_secret": ("", "OAD m"),
    "accounts_approvals": ("OAPSFU m", ""),
    "accounts_approval": ("OAPSFU m", "OAPSFU m"),
    "accounts_audit_export": ("", "OAU"),
    "auth_user_password_change": ("OA", "OA"),
}
# What can be done to rows of a list.
ACTIONS: Final = {
    "accounts_connection": {"disconnect": "OAD"},
    "accounts_membership": {"delete_selected": "O"},
}
# For everybody who may log in: none tells of a row but those that lists show.
OPEN: Final = {
    "index", "login", "logout", "password_change", "password_change_done", "jsi18n", "search",
    "autocomplete", "view_on_site", "app_list", "console_mode", "console_find", "console_language",
    # Whoever made an export downloads it; whoever sees a list keeps its filters.
    # What a note is about is in its form: tests/console/test_notes.py.
    "console_export", "console_saved_filters", "console_notes", "(?P<url>.*)$",
}  # fmt: skip


def cells(table: dict[str, str]) -> dict[str, str]:
    """Turn a table of letters around: from the page to the letters."""
    return {name: letters for letters, names in table.items() for name in names.split()}


def may(letters: str, role: str, *, is_member: bool) -> bool:
    """Tell whether a cell lets somebody in."""
    if is_member and not letters.endswith("m"):
        return False
    return role in {LETTERS[letter].value for letter in letters.split(" ")[0]}
