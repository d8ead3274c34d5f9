"""The map of the console: which pages the sidebar lists, room by room."""

from functools import cache
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.security.page_permissions import PAGE_PERMISSIONS as PERMISSIONS
from core.types import JsonObject

TABLES: Final[dict[str, dict[str, str]]] = {
    "Payments": {
        "payments_paymentintent": "Payment intents", "payments_charge": "Charges",
        "payments_refund": "Refunds", "payments_customer": "Customers",
        "payments_paymentmethod": "Payment methods", "payments_feeschedule": "Fee schedules",
        "payments_feetrueup": "Fee corrections", "processors_inboundnotice": "Inbound notices",
    },
    "Shop": {
        "checkout_product": "Products", "checkout_price": "Prices", "checkout_coupon": "Coupons",
        "checkout_promotioncode": "Promotion codes", "checkout_taxrate": "Tax rates",
        "checkout_shippingrate": "Shipping rates", "checkout_paymentlink": "Payment links",
        "checkout_checkoutsession": "Checkout sessions",
    },
    "Connect": {
        "connect_payout": "Payouts", "connect_payoutrun": "Payout runs",
        "connect_connectreservechange": "Connect reserve",
        "connect_payoutschedule": "Payout schedules", "connect_externalaccount": "Bank accounts",
        "connect_transfer": "Transfers", "connect_transferreversal": "Reversals",
        "connect_applicationfee": "Application fees", "connect_applicationfeerefund": "Fee refunds",
        "accounts_oauthapplication": "OAuth applications", "accounts_connection": "Connections",
        "connect_sellerpayment": "Seller payments", "connect_capability": "Capabilities",
        "connect_person": "People of sellers", "connect_accountrequirements": "Requirements",
        "connect_accountblock": "Blocks", "connect_accountlink": "Links of sellers",
        "connect_exchangerate": "Exchange rates", "connect_payoutprice": "Payout prices",
        "connect_locationcash": "Cash at locations",
        "processors_bankfile": "All bank files", "processors_bankpayment": "Bank payments",
        "processors_bankstatement": "Bank statements", "processors_bankline": "Bank lines",
        "processors_settlementline": "Processors' statements",
    },
    "Processors": {"processors_processoraccount": "Accounts at processors"},
    "Ledger": {
        "ledger_journalentry": "Journal entries", "ledger_ledgeraccount": "Ledger accounts",
        "ledger_balancetransaction": "Balance transactions", "ledger_hold": "Holds",
        "ledger_seal": "Seals", "ledger_verifyrun": "Checks of the books",
    },
    "Webhooks": {
        "webhooks_event": "Events", "webhooks_delivery": "Deliveries",
        "webhooks_endpoint": "Endpoints",
    },
    "Developers": {"api_requestlog": "Request log"},
    "Accounts": {
        "accounts_account": "Accounts", "accounts_apikey": "API keys", "accounts_user": "People",
        "accounts_membership": "Memberships", "accounts_file": "Files",
        "accounts_approvalrequest": "All approvals", "accounts_approvalrule": "Approval rules",
        "accounts_securityalarm": "Security alarms", "accounts_auditevent": "Audit trail",
        "accounts_auditseal": "Seals of the audit trail",
    },
    "Yours": {},
}  # fmt: skip
# Pages that are no table's.
PAGES: Final[dict[str, dict[str, str]]] = {
    "Payments": {
        "payments_unknown": "Unknown",
        "payments_unapplied": "Unapplied payments",
        "console_routing": "Routing",
    },
    "Connect": {
        "connect_sellers_to_look_at": "Sellers to look at",
        "connect_payouts_to_look_at": "Payouts to look at",
        "connect_next_payouts": "The next payouts",
        "connect_bank_files": "Bank files",
        "connect_negative_balances": "Negative balances",
        "connect_treasury": "Treasury",
        "connect_open_platform": "Open a platform",
    },
    "Processors": {"console_live": "Going live"},
    "Ledger": {"ledger_clearing": "On its way", "console_books": "The books"},
    "Accounts": {"connect_settings": "Settings", "accounts_approvals": "Approvals"},
    "Yours": {"console_exports": "Exports"},
}
_ENTRY: Final = '<li><a href="{}">{}</a></li>'
_HERE: Final = '<li><a href="{}" class="active" aria-current="page">{}</a></li>'


@cache
def _address(page: str) -> str:
    return reverse(f"admin:{page}")


def navigation(request: HttpRequest) -> list[JsonObject]:
    """Build the sidebar: a group a room, with its tables and then its pages."""
    listed = {
        room: [
            (_address(page), title)
            for page, title, permission in [
                *(
                    (f"{table}_changelist", title, table.replace("_", ".view_"))
                    for table, title in tables.items()
                ),
                *((page, title, PERMISSIONS[page]) for page, title in PAGES.get(room, {}).items()),
            ]
            if request.user.has_perm(permission)
        ]
        for room, tables in TABLES.items()
    }
    # A page of its own may stand below the list of a table: the longest address is where one is.
    here = [link for links in listed.values() for link, _ in links if request.path.startswith(link)]
    current = max(here, key=len, default="")
    return [
        {
            "title": gettext(room),
            "items": [
                {"title": gettext(title), "link": link, "active": link == current}
                for link, title in links
            ],
        }
        for room, links in listed.items()
        if links
    ]


def entries(items: list[JsonObject]) -> SafeString:
    """Write the entries of a group; in a template, they would take a tenth of each page's time."""
    return format_html_join(
        "\n",
        "{}",
        (
            (format_html(_HERE if one["active"] else _ENTRY, one["link"], one["title"]),)
            for one in items
        ),
    )
