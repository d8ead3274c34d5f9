"""What a payout pays: its balance transactions, in sums by kind and one by one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet

from console.linking import link_to
from console.payouts import words
from core.money import Money
from core.types import JsonObject

MOST: Final = 50


def picture(
    user: object,
    wanted: Mapping[str, str],
    currency: str,
    sums: Sequence[tuple[str, int, int]],
    lines: QuerySet[Any],
) -> JsonObject:
    """Return the sums and the lines that the page shows.

    Args:
        user: Who asks; what is closed to them is not linked.
        wanted: May have the `kind` to be shown, and `on` for the line after which to go on.
        currency: Of the payout.
        sums: Of each kind, with its number and minor units.
        lines: All that it pays, each with its `part` of it, the newest first.
    """
    kind, after = wanted.get("kind", ""), wanted.get("on", "").replace("\x00", "")
    chosen = kind if kind in [one for one, _, _ in sums] else ""
    if chosen:
        lines = lines.filter(type=chosen)
    if after:
        lines = lines.filter(id__lt=after)
    found = list(lines[: MOST + 1])
    on = ""
    if len(found) > MOST:
        on = f"?{urlencode({'kind': chosen, 'on': found[MOST - 1].id})}#money"
    return {
        "sums": [
            (words.many(one), count, Money(total, currency), f"?{urlencode({'kind': one})}#money")
            for one, count, total in sums
        ],
        "chosen": words.many(chosen) if chosen else "",
        "lines": [_line(row, currency, user) for row in found[:MOST]],
        "on": on,
        "is_first": not after,
    }


def _line(row: Any, currency: str, user: object) -> JsonObject:
    page = words.page_of_source(row.source)
    return {
        "kind": words.many(row.type),
        "amount": str(Money(row.part, currency)),
        # The rest of it is in another payout, or waits.
        "whole": str(Money(row.net, currency)) if row.part != row.net else "",
        "page": link_to(user, "ledger_balancetransaction", row.id),
        "source": row.source,
        "source_page": link_to(user, page, row.source),
        "description": row.description or "",
        "available_on": row.available_on,
    }
