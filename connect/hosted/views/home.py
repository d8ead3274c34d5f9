"""A seller's dashboard: balance, next payout, payouts, orders and statements."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_currency
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from connect.hosted import queries as seller_queries
from connect.hosted.queries import Purpose
from connect.hosted.services import links
from connect.hosted.views.pages import SellerView
from connect.models import Payout
from connect.onboarding import account_queries
from connect.payouts import queries
from connect.payouts.hold_reasons import HoldReason
from connect.payouts.services import forecasts, schedules
from core import currencies
from core.database.transactions import atomic
from core.types import JsonObject
from ledger import queries as ledger_queries

_MOST_LINES: Final = 50
_MOST_PAYOUTS: Final = 10
_STATES: Final = {
    "pending": gettext_lazy("about to be sent"),
    "in_transit": gettext_lazy("on its way"),
    "paid": gettext_lazy("paid"),
    "failed": gettext_lazy("failed"),
    "canceled": gettext_lazy("canceled"),
}
_KINDS: Final = {
    "charge": gettext_lazy("Payments"),
    "payment": gettext_lazy("Payments"),
    "refund": gettext_lazy("Refunds"),
    "payment_refund": gettext_lazy("Refunds"),
    "payout": gettext_lazy("Payouts"),
    "payout_cancel": gettext_lazy("Payouts that came back"),
    "payout_failure": gettext_lazy("Payouts that came back"),
    "transfer": gettext_lazy("Transfers"),
    "transfer_cancel": gettext_lazy("Transfers that came back"),
    "transfer_refund": gettext_lazy("Transfers that came back"),
    "payment_failure_refund": gettext_lazy("Payments that failed afterwards"),
    "refund_failure": gettext_lazy("Refunds that failed"),
    "application_fee": gettext_lazy("Platform fees"),
    "application_fee_refund": gettext_lazy("Platform fees given back"),
    "reserve_transaction": gettext_lazy("Set aside"),
    "stripe_fee": gettext_lazy("Fees"),
    "adjustment": gettext_lazy("Disputes and corrections"),
}
_FEES: Final = {
    Purpose.PLATFORM_FEE: gettext_lazy("Platform fee"),
    Purpose.PLATFORM_FEE_REFUND: gettext_lazy("Platform fee, given back"),
    Purpose.PROCESSING_FEE: gettext_lazy("Processing fee"),
    Purpose.PROCESSING_FEE_TRUE_UP: gettext_lazy("Processing fee, as it turned out"),
    Purpose.PROCESSING_FEE_OF_REFUND: gettext_lazy("Processing fee of a refund"),
    Purpose.DISPUTE_FEE: gettext_lazy("Fee of a dispute"),
}
# Why a bank did not take a payout, by the wire's word.
_FAILURES: Final = {
    "account_closed": gettext_lazy("The bank account has been closed."),
    "account_frozen": gettext_lazy("The bank account has been frozen."),
    "bank_account_restricted": gettext_lazy("The bank account does not take such payouts."),
    "debit_not_authorized": gettext_lazy("The bank account does not take such payouts."),
    "declined": gettext_lazy("The bank has declined this payout."),
    "incorrect_account_holder_name": gettext_lazy(
        "The holder's name does not fit the bank account."
    ),
    "invalid_currency": gettext_lazy("The bank account does not take this currency."),
    "no_account": gettext_lazy("There is no bank account with these numbers."),
}
# What spreadsheets take for the beginning of a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_NO_RAIL: Final = gettext_lazy("This currency cannot be paid out at present.")
# Why an account is not paid, for its seller.
HOLD_WORDS: Final = {
    HoldReason.NO_DESTINATION: gettext_lazy("There is no bank account for %(currency)s."),
    HoldReason.DISABLED: gettext_lazy("Payouts are stopped: see the top of this page."),
    HoldReason.PAUSED: gettext_lazy("The last payout failed. Give another bank account to go on."),
    HoldReason.MANUAL: gettext_lazy(
        "None is planned: the platform that you sell on starts each payout itself."
    ),
    HoldReason.NEGATIVE_BALANCE: gettext_lazy(
        "The balance is below zero: later payments make it good first."
    ),
    HoldReason.BELOW_MINIMUM: gettext_lazy("Nothing is available yet."),
    HoldReason.ERRORED_DESTINATION: gettext_lazy(
        "Your bank account could not be paid the last time. Give another one."
    ),
    # Who added the account is asked on the page of what is shared, and not here.
    HoldReason.DETACHED_DESTINATION: _NO_RAIL,
    HoldReason.NO_RAIL: _NO_RAIL,
    HoldReason.ILLIQUID: gettext_lazy(
        "This payout waits until enough money is where yours is held. You need not do anything."
    ),
}


class HomeView(SellerView):
    types = (links.LOGIN, links.SESSION, "account_onboarding", "account_update")

    def get(self, request: HttpRequest) -> HttpResponse:
        profiles = account_queries.load_profiles([self.account.id], livemode=self.tenant.livemode)
        account_requirements = profiles[self.account.id].account_requirements
        due = account_requirements.requirements if account_requirements else {}
        next_day, plans = self._next()
        context = {
            "balance": self._balance(),
            "next_day": _day(next_day) if next_day else "",
            "plans": plans,
            "payouts": self._payouts(),
            "orders": [_order(one) for one in seller_queries.orders(self.tenant)],
            "months": [
                (m.strftime("%Y-%m"), _month(m)) for m in seller_queries.months(self.tenant)
            ],
            "is_missing": bool(due.get("currently_due")),
            "is_checked": bool(due.get("pending_verification")),
            "asks_nothing": not any(c.is_requested for c in profiles[self.account.id].capabilities),
            "is_stopped": due.get("disabled_reason") or "",
            "deadline": _deadline(due.get("current_deadline")),
        }
        return self.page(request, "home", context)

    def _balance(self) -> list[tuple[str, str, str]]:
        found = ledger_queries.balance(owner=self.account.id, livemode=self.tenant.livemode)
        codes = sorted({*found.available, *found.pending, *found.payouts_in_transit})
        return [
            (
                _money(found.available.get(code, 0), code),
                _money(found.pending.get(code, 0), code),
                _money(found.payouts_in_transit.get(code, 0), code),
            )
            for code in codes
        ]

    def _next(self) -> tuple[date | None, list[JsonObject]]:
        """Forecast the next payout, with what it pays or why there is none."""
        with atomic():
            schedule = schedules.lock(self.tenant, at=self.now)
            plans = [
                (plan, forecasts.preview_lines(schedule, plan, at=self.now, most=_MOST_LINES + 1))
                for plan in forecasts.forecast(schedule, self.account, at=self.now)
            ]
        day = None if schedule.paused_at else schedule.next_on
        return day, [
            {
                "amount": _money(plan.amount, plan.currency),
                "usable": _money(plan.usable, plan.currency),
                "code": plan.currency,
                "is_paid": plan.amount > 0,
                "to": str(plan.target) if plan.target else "",
                "why": _hold_words(plan.reason, plan.currency) if plan.reason else "",
                "lacks_bank": plan.target is None,
                "waits": plan.reason is HoldReason.BELOW_MINIMUM,
                "lines": self._lines(found[:_MOST_LINES], plan.currency),
                "has_more": len(found) > _MOST_LINES,
            }
            for plan, found in plans
        ]

    def _lines(
        self, found: list[tuple[str, date, int]], currency: str
    ) -> list[tuple[str, str, str]]:
        kinds = dict(
            ledger_queries.balance_transactions(self.tenant)
            .filter(id__in=[id for id, _day, _part in found])
            .values_list("id", "type")
        )
        return [
            (_short(day), _kind(kinds.get(id, "")), _money(part, currency))
            for id, day, part in found
        ]

    def _payouts(self) -> list[JsonObject]:
        found = queries.payouts(self.tenant).select_related("destination")
        rows = found.order_by("-created_at", "-id")[:_MOST_PAYOUTS]
        failed = [row.id for row in rows if row.status == "failed"]
        kept = queries.withheld_amounts(self.tenant, failed) if failed else {}
        return [
            {
                "amount": _money(row.amount, row.currency),
                "status": _STATES[row.status],
                "is_bad": row.status == "failed",
                "day": _day(row.arrival_date),
                "to": str(row.destination),
                "why": _failure(row, kept.get(row.id, 0)),
            }
            for row in rows
        ]


class StatementView(SellerView):
    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        day = _parse_month(month)
        found = seller_queries.statements(self.tenant, day)
        context = {
            "month": month,
            "title": _month(day),
            "statements": [
                {
                    "currency": one.currency.upper(),
                    "opening": _money(one.opening, one.currency),
                    "sums": _sum_by_kind(one),
                    "fees": _money(one.fees, one.currency),
                    "closing": _money(one.closing, one.currency),
                }
                for one in found
            ],
        }
        return self.page(request, "statement", context)


class StatementFileView(SellerView):
    def get(self, request: HttpRequest, month: str) -> HttpResponseBase:
        day = _parse_month(month)
        answer = StreamingHttpResponse(
            _rows(seller_queries.transactions(self.tenant, day)), content_type="text/csv"
        )
        answer["Content-Disposition"] = f'attachment; filename="{self.account.id}-{month}.csv"'
        answer["Cache-Control"] = "no-store"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class _Echo:
    def write(self, text: str) -> str:
        return text


def _rows(lines: Iterator[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(
        (
            "id",
            "created",
            "type",
            "description",
            "amount",
            "fee",
            "net",
            "currency",
            "source",
            "available_on",
        )
    )
    for line in lines:
        yield writer.writerow(
            (
                line.id,
                line.created_at.isoformat(timespec="seconds"),
                line.type,
                _escape_formula(line.description or ""),
                *_units(line),
                line.currency,
                line.source,
                line.available_on.isoformat(),
            )
        )


def _units(line: Any) -> list[str]:
    places = currencies.exponent(line.currency)
    return [str(Decimal(n).scaleb(-places)) for n in (line.amount, line.fee, line.net)]


def _escape_formula(text: str) -> str:
    """Escape text that a spreadsheet would read as a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _hold_words(reason: HoldReason, currency: str) -> str:
    """Return why nothing is paid out in a currency, for the seller."""
    return str(HOLD_WORDS[reason]) % {"currency": currency.upper()}


def _failure(row: Payout, kept: int) -> str:
    """Return why a payout failed and what came back, less what banks `kept`."""
    if row.status != "failed":
        return ""
    unclear = _("The bank could not make this payout.")
    return f"{_FAILURES.get(row.failure_code or '', unclear)} {_describe_return(row, kept)}"


def _describe_return(row: Payout, kept: int) -> str:
    if not kept:
        return _("The money is back in your balance.")
    if kept >= row.amount:
        return _("Nothing of it came back to your balance.")
    return _("%(back)s of it is back in your balance: a bank kept %(kept)s.") % {
        "back": _money(row.amount - kept, row.currency),
        "kept": _money(kept, row.currency),
    }


def _sum_by_kind(one: seller_queries.Statement) -> list[tuple[str, str]]:
    sums: dict[str, int] = {}
    for type, net in one.sums:
        sums[_kind(type)] = sums.get(_kind(type), 0) + net
    return [(name, _money(net, one.currency)) for name, net in sums.items()]


def _order(one: seller_queries.Order) -> JsonObject:
    return {
        # Several of a day are told apart by the end of their ids.
        "name": one.description or f"{_day(one.created_at.date())} ({one.id[-6:]})",
        "id": one.id,
        "day": _day(one.created_at.date()),
        "gross": _money(one.gross, one.currency),
        "fees": [(str(_FEES[n]), _money(-fee, one.currency)) for n, fee in one.fees if fee],
        "back": _money(-one.back, one.currency) if one.back else "",
        "disputed": _money(-one.disputed, one.currency) if one.disputed else "",
        "net": _money(one.net, one.currency),
    }


def _parse_month(month: str) -> date:
    try:
        return datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007  a month, no moment
    except ValueError:
        raise Http404 from None


def _deadline(moment: int | None) -> str:
    return _day(date.fromtimestamp(moment)) if moment else ""  # noqa: DTZ012  a day for people


def _kind(type: str) -> str:
    return str(_KINDS.get(type, type.replace("_", " ").capitalize()))


def _money(amount: int, currency: str) -> str:
    value = Decimal(amount).scaleb(-currencies.exponent(currency))
    return format_currency(value, currency.upper(), locale=_locale())


def _day(day: date) -> str:
    return format_date(day, "long", locale=_locale())


def _short(day: date) -> str:
    return format_date(day, "d MMM", locale=_locale())


def _month(day: date) -> str:
    return format_date(day, "LLLL yyyy", locale=_locale())


def _locale() -> str:
    return (get_language() or "en").partition("-")[0]
