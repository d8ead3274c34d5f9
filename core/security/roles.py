"""What each role of the console may open and do: the one table that decides it.

May be relied on: the backend of permissions, the sidebar, the filters of rows, the limits and
`docs/reference/roles.md` all read this.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from django.conf import settings

from core.money import from_decimal
from core.security.role_words import Area, Right, Role


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's role, and where it counts: on one platform, or without one everywhere."""

    role: Role
    platform_id: str = ""


_OWNER, _ADMIN, _OPERATOR, _SUPPORT, _FINANCE, _DEVELOPER, _AUDITOR = Role
_ALL: Final = frozenset(Role)
_OWNERS: Final = frozenset({_OWNER})
_ADMINS: Final = frozenset({_OWNER, _ADMIN})
_MONEY: Final = frozenset({_OWNER, _OPERATOR, _FINANCE})
_DAILY: Final = frozenset({_OWNER, _OPERATOR})
_TREASURY: Final = frozenset({_OWNER, _FINANCE})
_TECHNICAL: Final = frozenset({_OWNER, _ADMIN, _DEVELOPER})

AREAS: Final = (
    Area(
        "Payments, refunds, disputes and customers",
        (
            "payments.paymentintent", "payments.charge", "payments.refund", "payments.customer",
            "payments.paymentmethod", "payments.dispute", "payments.earlyfraudwarning",
            "payments.setupintent", "payments.setupattempt", "payments.mandate",
            "payments.authentication", "payments.receipt", "payments.feetrueup",
            "payments.unresolvedrequest", "payments.unappliedpayment",
            "checkout.checkoutsession", "accounts.account",
            "accounts.file", "accounts.filelink",
        ),
        _ALL - {_DEVELOPER},
    ),
    Area(
        "Sellers: people, requirements, blocks, links",
        (
            "connect.person", "connect.accountrequirements", "connect.accountblock",
            "connect.accountlink", "connect.capability",
        ),
        _ALL - {_DEVELOPER},
    ),
    Area(
        "What is sold: products, prices, discounts, rates, payment links",
        (
            "checkout.product", "checkout.price", "checkout.coupon", "checkout.promotioncode",
            "checkout.taxrate", "checkout.shippingrate", "checkout.paymentlink",
        ),
        _ALL,
    ),
    Area("Connections by OAuth", ("accounts.connection",), _ALL),
    Area(
        "Payouts, transfers and fees",
        (
            "connect.payout", "connect.payoutattempt", "connect.payoutschedule",
            "connect.connectreservechange", "connect.externalaccount", "connect.transfer",
            "connect.transferreversal", "connect.sellerpayment", "connect.applicationfee",
            "connect.applicationfeerefund", "ledger.balancetransaction",
        ),
        _ALL - {_DEVELOPER, _SUPPORT},
    ),
    Area(
        "Payout runs", ("connect.payoutrun",), _ALL - {_DEVELOPER, _SUPPORT}, for_platforms=False
    ),
    Area(
        "Bank files, cash and exchange rates",
        (
            "processors.bankfile", "processors.bankpayment", "processors.bankstatement",
            "processors.bankline", "processors.settlementline", "connect.locationcash",
            "connect.exchangerate", "connect.treasurymove",
        ),
        _ALL - {_DEVELOPER, _SUPPORT},
        for_platforms=False,
    ),
    Area(
        "What waits for a second person",
        ("accounts.approvalrequest",),
        _ALL - {_DEVELOPER},
    ),
    Area(
        "Prices",
        ("payments.feeschedule", "connect.payoutprice"),
        _ALL - {_DEVELOPER, _SUPPORT},
    ),
    Area(
        "The books",
        (
            "ledger.journalentry", "ledger.posting", "ledger.ledgeraccount", "ledger.limitchange",
            "ledger.hold", "ledger.seal", "ledger.verifyrun",
        ),
        _MONEY | {_ADMIN, _AUDITOR},
        for_platforms=False,
    ),
    Area(
        "Events and webhooks",
        ("webhooks.event", "webhooks.endpoint", "webhooks.delivery", "webhooks.attempt"),
        _ALL - {_FINANCE},
    ),
    Area(
        "Keys, requests and applications",
        ("accounts.apikey", "api.requestlog", "accounts.oauthapplication"),
        _TECHNICAL | {_AUDITOR},
    ),
    Area(
        "Security alarms",
        ("accounts.securityalarm",),
        _TECHNICAL | {_OPERATOR, _AUDITOR},
        for_platforms=False,
    ),
    Area(
        "Accounts at processors",
        ("processors.processoraccount",),
        _ALL - {_SUPPORT},
        for_platforms=False,
    ),
    Area(
        "Notices of processors",
        ("processors.inboundnotice",),
        _TECHNICAL | {_OPERATOR, _AUDITOR},
        for_platforms=False,
    ),
    Area(
        "Where payments go",
        ("processors.routingruleset",),
        _ALL - {_DEVELOPER, _SUPPORT},
        for_platforms=False,
    ),
    Area(
        "People of the console, their letters and what they did",
        (
            "accounts.user", "accounts.membership", "accounts.letter", "accounts.rolechange",
            "accounts.auditevent", "accounts.auditseal", "accounts.approvalrule",
        ),
        _ADMINS | {_AUDITOR},
        for_platforms=False,
    ),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {
    # Payments
    "refund": Right("Refund; support up to its limit", _DAILY | {_SUPPORT}),
    "refund.share": Right(
        "Say who bears a refund made outside",
        _MONEY,
        ("payments.change_refund",),
        for_platforms=False,
    ),
    "settlement.bear": Right(
        "Say who bears what a processor took for itself",
        _MONEY,
        ("processors.change_settlementline",),
        for_platforms=False,
    ),
    "unapplied.decide": Right(
        "Give late payments back, or to their merchants",
        _MONEY,
        ("payments.change_unappliedpayment",),
        for_platforms=False,
    ),
    "capture": Right("Capture what is authorized", _DAILY),
    "cancel": Right("Cancel a payment", _DAILY | {_SUPPORT}),
    "dispute.answer": Right("Answer a dispute", _DAILY | {_SUPPORT}),
    "dispute.accept": Right("Accept a dispute", _DAILY),
    "question.ask": Right(
        "Ask a processor again",
        _DAILY | {_SUPPORT},
        ("payments.change_unresolvedrequest",),
        for_platforms=False,
    ),
    # Payouts
    "payout.decide": Right(
        "Cancel a payout, lift its hold, handle one that failed", _MONEY, ("connect.change_payout",)
    ),
    "payout.create": Right("Pay out now, and again what failed", _MONEY, ("connect.add_payout",)),
    "negative_balance.cover": Right(
        "Cover what a seller owes",
        _MONEY,
        ("connect.change_connectreservechange",),
        for_platforms=False,
    ),
    "bank.files": Right(
        "Make, approve, download and take bank files; match lines",
        _TREASURY,
        ("processors.change_bankfile",),
        for_platforms=False,
    ),
    "bank.cash": Right(
        "Say what money is where",
        _TREASURY,
        ("connect.add_locationcash", "connect.change_locationcash"),
        for_platforms=False,
    ),
    "treasury.move": Right(
        "Record moves of money between processors and banks",
        _TREASURY,
        ("connect.add_treasurymove",),
        for_platforms=False,
    ),
    "bank.rates": Right(
        "Set exchange rates", _TREASURY, ("connect.add_exchangerate",), for_platforms=False
    ),
    "note.write": Right("Write notes about payouts and accounts", _ALL - {_DEVELOPER, _AUDITOR}),
    # Sellers
    "seller.review": Right(
        "Verify people and companies; block and release",
        _DAILY,
        ("connect.change_person", "connect.change_accountblock"),
        for_platforms=False,
    ),
    "seller.link": Right("Make links for a seller", _DAILY | {_SUPPORT}),
    "document.read": Right("Look at documents", _DAILY | {_SUPPORT, _AUDITOR}),
    # Configuration
    "account.change": Right(
        "Set what an account pays, and its settings",
        _ADMINS,
        ("accounts.change_account",),
        for_platforms=False,
    ),
    "platform.open": Right(
        "Open a platform", _ADMINS, ("accounts.add_account",), for_platforms=False
    ),
    "prices.change": Right(
        "Set prices",
        _ADMINS,
        (
            "payments.add_feeschedule",
            "payments.change_feeschedule",
            "connect.add_payoutprice",
            "connect.change_payoutprice",
        ),
        for_platforms=False,
    ),
    "settings.change": Right(
        "Change descriptor, support, branding and letters", _ADMINS, ("accounts.set_account",)
    ),
    "routing.publish": Right(
        "Say where payments go, publish rules, decide on accounts that fail",
        _DAILY | {_ADMIN},
        for_platforms=False,
    ),
    "processor.change": Right(
        "Add accounts at processors, change them and what opens them",
        _ADMINS,
        ("processors.add_processoraccount", "processors.change_processoraccount"),
        for_platforms=False,
    ),
    "processor.switch": Right(
        "Check, enable, drain and disable accounts at processors",
        _DAILY | {_ADMIN},
        for_platforms=False,
    ),
    "live.switch": Right(
        "Switch live payments on and off, and try out what they ask for",
        _ADMINS,
        for_platforms=False,
    ),
    # For programs
    "keys.create": Right(
        "Make keys", _TECHNICAL, ("accounts.add_apikey", "accounts.change_apikey")
    ),
    "keys.roll": Right("Roll keys", _TECHNICAL),
    "keys.revoke": Right("Revoke keys", _TECHNICAL),
    "alarm.decide": Right(
        "Acknowledge alarms, and undo what was done about them",
        _TECHNICAL | {_OPERATOR},
        ("accounts.change_securityalarm",),
        for_platforms=False,
    ),
    "delivery.resend": Right(
        "Resend deliveries", _TECHNICAL | _DAILY | {_SUPPORT}, ("webhooks.change_delivery",)
    ),
    "endpoint.change": Right(
        "Change endpoints, roll their secrets",
        _TECHNICAL,
        ("webhooks.add_endpoint", "webhooks.change_endpoint"),
    ),
    "applications.change": Right(
        "Set OAuth applications, end connections",
        _TECHNICAL,
        (
            "accounts.add_oauthapplication",
            "accounts.change_oauthapplication",
            "accounts.change_connection",
        ),
        for_platforms=False,
    ),
    # The books
    "books.verify": Right("Verify the books", _TREASURY, for_platforms=False),
    "books.close": Right("Close days", _TREASURY, for_platforms=False),
    "export": Right("Export lists and books", _TREASURY | {_AUDITOR}, ("console.add_export",)),
    # People
    "personal_data": Right("Hand out and erase what is held of a person", _ADMINS),
    "people.read": Right("See who uses the console", _ADMINS | {_AUDITOR}, for_platforms=False),
    "people.change": Right(
        "Change people, make them inactive",
        _ADMINS,
        ("accounts.add_user", "accounts.change_user"),
        for_platforms=False,
    ),
    "people.invite": Right("Invite somebody", _OWNERS),
    "people.role": Right(
        "Give and take roles and memberships",
        _OWNERS,
        ("accounts.add_membership", "accounts.change_membership", "accounts.delete_membership"),
        for_platforms=False,
    ),
    "audit.read": Right("Read the audit log", _ADMINS | {_AUDITOR}, for_platforms=False),
    "approval.rules": Right(
        "Set which actions need a second person",
        _OWNERS,
        (
            "accounts.add_approvalrule",
            "accounts.change_approvalrule",
            "accounts.delete_approvalrule",
        ),
        for_platforms=False,
    ),
    "approval.rules.agree": Right(
        "Agree to what another owner changes of these", _ADMINS, for_platforms=False
    ),
}

# Which setting says up to how much of one payment a role does something.
LIMITS: Final[dict[tuple[Role, str], str]] = {(_SUPPORT, "refund"): "SUPPORT_REFUNDS_UP_TO"}


def standing_of(user: object) -> Standing | None:
    """Return a person's standing; None for somebody without one."""
    found = getattr(user, "standing", None)
    return found if isinstance(found, Standing) else None


def has_right(user: object, right: str, *, amount: int = 0, currency: str = "") -> bool:
    """Tell whether somebody may do something, such as `"refund"`.

    Args:
        user: Who asks; `request.user`.
        right: A key of `RIGHTS`.
        amount: How much of the payment it would come to in all, where that is limited.
        currency: The amount's currency.
    """
    rule, standing = RIGHTS[right], standing_of(user)
    if standing is None or standing.role not in rule.roles:
        return False
    if standing.platform_id and not rule.for_platforms:
        return False
    most = limit_of(user, right, currency)
    return most is None or amount <= most


def limit_of(user: object, right: str, currency: str) -> int | None:
    """Return up to how much somebody may do something in a currency; None for any amount."""
    standing = standing_of(user)
    name = LIMITS.get((standing.role, right)) if standing else None
    if name is None:
        return None
    limits: dict[str, int] = getattr(settings, name)
    units = limits.get(currency.lower(), 0)
    return from_decimal(Decimal(units), currency.lower()).amount if units else 0


def permissions_of(standing: Standing) -> frozenset[str]:
    """Return Django's permissions that come with a standing."""
    return _permissions(Standing(standing.role, "any" if standing.platform_id else ""))


@cache
def _permissions(standing: Standing) -> frozenset[str]:
    role, is_of_platform = standing.role, bool(standing.platform_id)
    seen = {
        f"{app}.view_{model}"
        for area in AREAS
        if role in area.roles and (area.for_platforms or not is_of_platform)
        for app, _, model in (table.partition(".") for table in area.tables)
    }
    done = {
        permission
        for right in RIGHTS.values()
        if role in right.roles and (right.for_platforms or not is_of_platform)
        for permission in right.permissions
    }
    return frozenset(seen | done)
