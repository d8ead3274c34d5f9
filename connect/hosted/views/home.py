"""A seller's dashboard: balance, next payout, payouts, orders and statements."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from connect.hosted import queries as seller_queries
from connect.hosted.services import links
from connect.hosted.views import home_words
from connect.hosted.views.pages import SellerView
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
# What spreadsheets take for the beginning of a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


class HomeView(SellerView):
    types = (links.LOGIN, links.SESSION, links.LOOK, "account_onboarding", "account_update")

    def get(self, request: HttpRequest) -> HttpResponse:
        profiles = account_queries.load_profiles([self.account.id], livemode=self.tenant.livemode)
        account_requirements = profiles[self.account.id].account_requirements
        due = account_requirements.requirements if account_requirements else {}
        next_day, plans = self._next()
        orders = [_order(one) for one in seller_queries.orders(self.tenant)]
        part = request.GET.get("part", "")
        context = {
            "part": part,
            "balance": self._balance(),
            "next_day": _day(next_day) if next_day else "",
            "plans": plans,
            "payouts": self._payouts(),
            "orders": [one for one in orders if one["disputed"] or part != "disputes-list"],
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
                home_words.money(found.available.get(code, 0), code),
                home_words.money(found.pending.get(code, 0), code),
                home_words.money(found.payouts_in_transit.get(code, 0), code),
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
                "amount": home_words.money(plan.amount, plan.currency),
                "usable": home_words.money(plan.usable, plan.currency),
                "code": plan.currency,
                "is_paid": plan.amount > 0,
                "to": str(plan.target) if plan.target else "",
                "why": home_words.hold_words(plan.reason, plan.currency) if plan.reason else "",
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
            (_short(day), home_words.kind(kinds.get(id, "")), home_words.money(part, currency))
            for id, day, part in found
        ]

    def _payouts(self) -> list[JsonObject]:
        found = queries.payouts(self.tenant).select_related("destination")
        rows = found.order_by("-created_at", "-id")[:_MOST_PAYOUTS]
        failed = [row.id for row in rows if row.status == "failed"]
        kept = queries.withheld_amounts(self.tenant, failed) if failed else {}
        return [
            {
                "amount": home_words.money(row.amount, row.currency),
                "status": home_words.STATES[row.status],
                "is_bad": row.status == "failed",
                "day": _day(row.arrival_date),
                "to": str(row.destination),
                "why": home_words.failure(row, kept.get(row.id, 0)),
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
                    "opening": home_words.money(one.opening, one.currency),
                    "sums": _sum_by_kind(one),
                    "fees": home_words.money(one.fees, one.currency),
                    "closing": home_words.money(one.closing, one.currency),
                }
                for one in found
            ],
        }
        return self.page(request, "statement", context)


class StatementFileView(SellerView):
    def get(self, request: HttpRequest, month: str) -> HttpResponseBase:
        day = _parse_month(month)
        answer = StreamingHttpResponse(
            _rows(seller_queries.transactions(self.tenant, day)),
            content_type="text/csv; charset=utf-8",
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


def _sum_by_kind(one: seller_queries.Statement) -> list[tuple[str, str]]:
    sums: dict[str, int] = {}
    for type, net in one.sums:
        sums[home_words.kind(type)] = sums.get(home_words.kind(type), 0) + net
    return [(name, home_words.money(net, one.currency)) for name, net in sums.items()]


def _order(one: seller_queries.Order) -> JsonObject:
    return {
        # Several of a day are told apart by the end of their ids.
        "name": one.description or f"{_day(one.created_at.date())} ({one.id[-6:]})",
        "id": one.id,
        "day": _day(one.created_at.date()),
        "gross": home_words.money(one.gross, one.currency),
        "fees": [
            (str(home_words.FEES[n]), home_words.money(-fee, one.currency))
            for n, fee in one.fees
            if fee
        ],
        "back": home_words.money(-one.back, one.currency) if one.back else "",
        "disputed": home_words.money(-one.disputed, one.currency) if one.disputed else "",
        "net": home_words.money(one.net, one.currency),
    }


def _parse_month(month: str) -> date:
    try:
        return datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007  a month, no moment
    except ValueError:
        raise Http404 from None


def _deadline(moment: int | None) -> str:
    return _day(date.fromtimestamp(moment)) if moment else ""  # noqa: DTZ012  a day for people


def _day(day: date) -> str:
    return format_date(day, "long", locale=home_words.locale())


def _short(day: date) -> str:
    return format_date(day, "d MMM", locale=home_words.locale())


def _month(day: date) -> str:
    return format_date(day, "LLLL yyyy", locale=home_words.locale())
