"""Addresses of the pages that join rooms, below the admin's."""

from collections.abc import Callable
from typing import Final

from django.http.response import HttpResponseBase

from console import documents
from console.books import exporting, overview, statement, trial_balance
from console.customers.page import customer
from console.events.page import event
from console.exports import pages as exports
from console.find import pages as find
from console.live.page import live
from console.notes import pages as notes
from console.payments import page
from console.payouts import page as payouts
from console.privacy.page import personal_data
from console.requests.page import request_page
from console.routing import page as routing
from console.routing import replaying, rule_page
from console.sellers import page as sellers

# Address → the page and its name.
PAGES: Final[dict[str, tuple[Callable[..., HttpResponseBase], str]]] = {
    "books/": (overview.books, "console_books"),
    "books/trial-balance/": (trial_balance.trial_balance, "console_trial_balance"),
    "books/statement/": (statement.statement, "console_statement"),
    "books/export/": (exporting.export, "console_books_export"),
    "routing/": (routing.routing, "console_routing"),
    "routing/rule/": (rule_page.rule, "console_routing_rule"),
    "routing/replay/": (replaying.replay, "console_routing_replay"),
    "live/": (live, "console_live"),
    "find/": (find.find, "console_find"),
    "documents/<str:file_id>/": (documents.document, "console_document"),
    "payments/paymentintent/<path:object_id>/change/": (page.payment, "console_payment"),
    "payments/charge/<path:object_id>/change/": (page.charge, "console_charge"),
    "payments/customer/<path:object_id>/change/": (customer, "console_customer"),
    "connect/payout/<path:object_id>/change/": (payouts.payout, "console_payout"),
    "webhooks/event/<path:object_id>/change/": (event, "console_event"),
    "api/requestlog/<path:object_id>/change/": (request_page, "console_request"),
    "accounts/account/<path:object_id>/change/": (sellers.account, "console_account"),
    "personal-data/<str:object_id>/": (personal_data, "console_personal_data"),
    "exports/": (exports.exports, "console_exports"),
    "exports/<str:id>.csv": (exports.download, "console_export"),
    "notes/": (notes.write, "console_notes"),
    "saved-filters/": (exports.save_filter, "console_saved_filters"),
}
