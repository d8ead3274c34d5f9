"""Every page and button that changes something is known, and writes the audit trail.

All tests beside this one run with a middleware that fails a page which changes a table and records
nothing; this one lets no page in that nobody has said of what it does.
"""

import re

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver, reverse

from accounts.audit import trail
from accounts.audit.actions import ACTIONS
from accounts.models import Account, AuditEvent
from connect.payouts.services import negative_balances
from core.admin import Audited
from tests.admin.watching import Watched
from tests.connect.test_negative_balances import a_seller_who_owes, rich
from tests.factories import a_platform, an_operator

pytestmark = pytest.mark.django_db

# Page → the actions that its buttons write; a test beside this one presses each.
WRITES = {
    "accounts_audit_export": {"audit.exported"},
    "connect_bank_files": {
        "bank_file.made", "bank_file.approved", "bank_file.sent", "bank_file.canceled",
        "bank_file.imported", "bank_line.matched", "bank_line.set_aside", "bank_line.unmatched",
    },
    "connect_negative_balances": {"negative_balance.covered"},
    "connect_treasury": {
        "treasury_move.recorded", "treasury_move.arrived", "treasury_move.returned",
        "settlement.received",
    },
    "connect_account_settings": {"account.changed"},
    "connect_open_platform": {"platform.opened", "api_key.created"},
    "connect_payouts_to_look_at": {
        "destination_hold.lifted", "payout.resolved", "payout.polled",
    },
    "connect_sellers_to_look_at": {
        "person.verified", "person.refused", "company.verified", "company.refused",
        "block.created", "block.released",
    },
    "connect_payout_cancel": {"payout.canceled"},
    "connect_payout_again": {"payout.sent_again"},
    "connect_payout_ask": {"payout.owner_asked"},
    "connect_pay_now": {"payout.created"},
    "connect_account_link": {"account_link.created"},
    "connect_account_look": {"account.seen_as_owner"},
    # The form of what the operator decides stands at the page's address.
    "console_account": {"account.changed"},
    "console_personal_data": {
        "personal_data.exported", "personal_data.erasure_begun", "personal_data.erased",
    },
    "console_notes": {"note.written"},
    "console_live": {"live_payments.on", "live_payments.off", "live_drill.made"},
    "console_routing": {
        "routing.published", "routing.draft_changed", "routing.draft_discarded",
        "routing.breaker_forced",
    },
    "console_routing_rule": {"routing.draft_changed"},
    "payments_share": {"refund.shared"},
    "payments_bear": {"settlement_line.borne"},
    "payments_unapplied_apply": {"unapplied_payment.applied"},
    "payments_unapplied_void": {"unapplied_payment.voided"},
    "payments_unapplied_return": {"unapplied_payment.returned"},
    "payments_unknown": {"unresolved_request.polled"},
    "processors_secrets": {"processor_account.changed", "processor_account.secret_rolled"},
    "webhooks_resend": {"delivery.resent"},
    "webhooks_resend_unaccepted": {
        "endpoint.failed_resent", "endpoint.all_resent", "endpoint.resend_stopped",
    },
    "webhooks_roll_secret": {"endpoint.secret_rolled"},
    "accounts_approval": {"approval.approved", "approval.rejected", "approval.withdrawn"},
    "payments_refund_now": {"refund.created"},
    "payments_capture": {"payment_intent.captured"},
    "payments_cancel": {"payment_intent.canceled"},
    "console_document": {"document.viewed"},
    "console_exports": {"list.exported"},
    "console_books": {"books.checked", "days.closed"},
    "console_books_export": {"books.exported"},
    "people_add_factor": {"factor.added"},
    "people_passkey": {"factor.added"},
    "people_security": {"factor.removed", "session.ended"},
    "people_codes": {"recovery_codes.made"},
    "people_invitations": {"invitation.made", "invitation.withdrawn"},
    "people_take_up": {"invitation.accepted"},
}  # fmt: skip
# Pages that only show, or that are about who somebody is.
READS = {
    "console_statement", "console_trial_balance",
    "connect_settings",
    "accounts_approvals", "console_charge", "console_customer", "console_event", "console_export",
    "console_saved_filters", "console_find", "console_language", "console_mode", "console_payment",
    "console_payout", "console_request", "console_routing_replay",
    "account_login", "autocomplete", "app_list", "connect_next_payouts", "index", "jsi18n",
    "ledger_clearing", "ledger_proof", "login", "logout", "mfa_authenticate",
    "password_change_done", "payments_preview", "payments_unapplied", "people_step_up", "search",
    "view_on_site",
}  # fmt: skip
# Buttons over a list, and on a page.
BUTTONS = {
    ("accounts.Connection", "disconnect"): "connection.ended",
}
OF_FORMS = re.compile(r"_(changelist|add|history|delete|change)$")


def pages(patterns, prefix=""):
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from pages(one.url_patterns, prefix + str(one.pattern))
        elif prefix.startswith("admin/") or str(one.pattern).startswith("admin/"):
            yield one.name


def test_every_page_is_known_to_write_or_to_read():
    found = {name for name in pages(get_resolver().url_patterns) if name}

    known = READS | set(WRITES)
    named = {name for name in found if not OF_FORMS.search(name)}
    assert (named - known, known - named) == (set(), set())


def test_every_action_of_a_page_is_in_the_table():
    written = set().union(*WRITES.values()) | set(BUTTONS.values())

    assert written <= set(ACTIONS)


def test_every_button_is_known():
    kinds = ("actions", "actions_detail", "actions_list", "actions_row", "actions_submit_line")
    found = {
        (model._meta.label, name)
        for model, page in admin.site._registry.items()
        for kind in kinds
        for name in getattr(page, kind, None) or ()
    }

    assert found == set(BUTTONS)


def test_every_form_of_the_admin_writes_an_action_that_the_table_has(rf):
    request = rf.get("/admin/")
    request.user = an_operator()
    unknown = []
    for model, page in admin.site._registry.items():
        may = {
            "created": page.has_add_permission(request),
            "changed": page.has_change_permission(request),
            "deleted": page.has_delete_permission(request),
        }
        assert isinstance(page, Audited) or not any(may.values()), model
        names = {f"{trail.target_type(model)}.{verb}" for verb, can in may.items() if can}
        unknown += names - set(ACTIONS)

    assert unknown == []


def test_every_action_has_a_sentence():
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", name) for name in ACTIONS)
    assert all(line.endswith(".") for line in ACTIONS.values())


def test_a_page_that_changes_something_and_records_nothing_is_found():
    account = Account.objects.get(id=a_platform().account_id)
    request = RequestFactory().post("/admin/x/")

    def silent(_):
        account.save(update_fields=["name"])
        return HttpResponse()

    def telling(_):
        with transaction.atomic():
            account.save(update_fields=["name"])
            trail.record("account.changed", account)
        return HttpResponse()

    with pytest.raises(AssertionError, match="accounts_account"):
        Watched(silent)(request)
    assert Watched(telling)(request).status_code == 200


def test_a_covered_debt_is_recorded_with_who_owed_what(operator, settings):
    platform = a_platform()
    rich(platform)
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    seller = a_seller_who_owes(platform)
    (debt,) = negative_balances.debts()

    operator.post(
        reverse("admin:connect_negative_balances"),
        {
            "platform": platform.account_id,
            "seller": seller.account_id,
            "currency": "usd",
            "mode": "test",
            "reason": "They left.",
            "owed": "4000",
        },
    )

    row = AuditEvent.objects.get(action="negative_balance.covered")
    assert debt.owed.amount == 40_00
    assert row.changes == {f"balance of {seller.account_id}": ["-40.00 USD", "0.00 USD"]}
    assert (row.actor_email, row.reason) == ("operator@example.com", "They left.")
