"""What the bank lacks to pay out all that is owed."""

from typing import NamedTuple

from django.db.models import Sum

from connect.models import LocationCash, Payout
from connect.states import PayoutStatus
from connect.treasury.queries import Place
from ledger import queries as ledger_queries
from ledger.reporting import location_cash
from processors import registry

_UNDER_WAY = (PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT)


class Need(NamedTuple):
    """What a bank has to pay in one currency, and has for it.

    Args:
        currency: Lower-case ISO code.
        usable: Minor units that owners may have paid out.
        under_way: Minor units of payouts that no statement has confirmed.
        there: Minor units at the bank by the books, with the operator's own money there.
        coming: Minor units on their way between places.
    """

    currency: str
    usable: int
    under_way: int
    there: int
    coming: int

    @property
    def missing(self) -> int:
        """Return what is missing to pay all of it, once what is on its way has come."""
        return max(self.usable + self.under_way - self.there - self.coming, 0)


def load(places: list[Place], *, livemode: bool) -> list[Need]:
    """Return what the bank needs of each currency that it pays out in.

    Args:
        places: Where the money is.
        livemode: Which of the two worlds.
    """
    known = sorted({place.currency for place in places})
    wanted = [code for code in known if _is_paid_from_bank(code, livemode=livemode)]
    where = [location_cash.Place(ledger_queries.MAIN, code, livemode) for code in wanted]
    usable = location_cash.usable_by_all(where)
    under_way = dict(
        Payout.objects.filter(
            processor=registry.BANK_RAIL, livemode=livemode, status__in=_UNDER_WAY
        )
        .values_list("currency")
        .annotate(Sum("amount"))
    )
    own = dict(
        LocationCash.objects.filter(location=ledger_queries.MAIN, livemode=livemode).values_list(
            "currency", "prefunded_amount"
        )
    )
    return [
        Need(
            currency=place.currency,
            usable=usable[place],
            under_way=under_way.get(place.currency, 0),
            there=own.get(place.currency, 0)
            + sum(p.in_the_books for p in places if p.is_bank and p.currency == place.currency),
            coming=sum(p.on_its_way for p in places if p.currency == place.currency),
        )
        for place in where
    ]


def _is_paid_from_bank(currency: str, *, livemode: bool) -> bool:
    try:
        rail = registry.choose_for_payouts(livemode=livemode, currency=currency)
    except registry.NoRail:
        return False
    return rail == registry.BANK_RAIL
