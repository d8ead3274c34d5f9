"""Splits of a charge among several sellers."""

from collections.abc import Sequence

from connect.transfers import queries as transfer_queries
from connect.transfers import routing
from connect.transfers.routing import Plan, Share
from connect.transfers.services import transfers
from connect.transfers.services.captured_funds import ChargedFunds
from core.database.transactions import require_transaction
from core.errors import InvalidRequest, missing
from core.money import Money, check_step
from core.tenant import Tenant
from core.types import Fields
from operations.unit_of_work import UnitOfWork

_KINDS = ("percent", "amount", "tiers", "remainder")
# As the request spells it, with ten-thousandths for percents.
SplitParams = Sequence[Fields]


def check(
    tenant: Tenant, split: SplitParams, *, amount: int, currency: str, param: str = "split"
) -> None:
    """Refuse shares that cannot be paid, before anybody is charged.

    Args:
        tenant: The platform.
        split: The shares of the request.
        amount: Minor units to share.
        currency: Of the amount.
        param: The parameter's name in the request.

    Raises:
        InvalidRequest: If a share is of no kind or of several, a seller is named twice, tiers do
            not rise, an amount is finer than the currency, or all add up to more than the amount.
        Missing: If the platform has no such seller.
    """
    seen: set[str] = set()
    for number, each in enumerate(split):
        _check_share(each, f"{param}[{number}]")
        check_step(each.get("amount") or 0, currency, param=f"{param}[{number}][amount]")
        if each["destination"] in seen:
            raise InvalidRequest(
                f"{each['destination']} is named twice. Add its shares up.",
                param=f"{param}[{number}][destination]",
            )
        seen.add(each["destination"])
    found = transfer_queries.sellers(tenant, seen)
    for number, each in enumerate(split):
        where = f"{param}[{number}][destination]"
        seller = found.get(each["destination"])
        if seller is None:
            raise missing("destination", each["destination"], param=where)
        transfers.check_receives(seller, param=where)
    if routing.is_too_much(captured=amount, shares=shares(split)):
        raise InvalidRequest(
            f"The shares add up to more than the amount of the payment "
            f"({Money(amount, currency)}). Named amounts, "
            "percents and tiers together must not exceed it.",
            code="amount_too_large",
            param=param,
        )


def shares(split: SplitParams) -> list[Share]:
    """Parse the shares of a split for `routing`."""
    return [
        Share(
            each["destination"],
            bps=each.get("percent", 0),
            amount=each.get("amount", 0),
            tiers=tuple((tier.get("up_to"), tier["percent"]) for tier in each.get("tiers", ())),
            is_remainder=bool(each.get("remainder")),
        )
        for each in split
    ]


def transfer_shares(
    work: UnitOfWork, funds: ChargedFunds, split: SplitParams, *, captured: int
) -> int:
    """Add a transfer for each share of a captured charge to the unit of work.

    Args:
        work: The unit of work.
        funds: The charge's money.
        split: The shares of the request.
        captured: Minor units.

    Returns:
        The sum of the transfers.
    """
    require_transaction()
    requested = shares(split)
    amounts = routing.divide(captured=captured, shares=requested)
    rates = transfers.find_rates(work, funds, [share.destination for share in requested])
    for share, amount in zip(requested, amounts, strict=True):
        if amount:
            plan = Plan(transfer_amount=amount)
            transfers.for_charge(work, funds, destination=share.destination, plan=plan, rates=rates)
    return sum(amounts)


def _check_share(each: Fields, where: str) -> None:
    given = [kind for kind in _KINDS if each.get(kind)]
    if len(given) != 1:
        raise InvalidRequest(
            f"Each share is one of {', '.join(_KINDS)}; this one has "
            f"{' and '.join(given) or 'none of them'}.",
            param=where,
        )
    below = 0
    for number, tier in enumerate(each.get("tiers", ())):
        is_last = number == len(each["tiers"]) - 1
        up_to = tier.get("up_to")
        if (up_to is None and not is_last) or (up_to is not None and up_to <= below):
            raise InvalidRequest(
                "Tiers must rise: each up_to is greater than the one before, and only the last "
                "tier may be without one.",
                param=f"{where}[tiers][{number}][up_to]",
            )
        below = up_to or below
