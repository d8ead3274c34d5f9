"""What rules may ask another person to approve: money of sellers, and who may have it."""

from datetime import datetime
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts.approvals import ApprovalAction, Preview
from connect.models import AccountBlock, LocationCash, Payout
from connect.onboarding.services import reviews
from connect.payouts.services import liquidity, negative_balances
from connect.payouts.services.attempts import approval_actions, interventions
from connect.states import PayoutStatus
from connect.treasury.services import approval_actions as treasury_actions
from core.errors import InvalidRequest, missing
from core.money import Money
from core.tenant import Tenant
from ledger import queries as ledger_queries


def _preview_cover(*, platform: str, seller: str, currency: str, livemode: bool) -> Preview:
    balance = ledger_queries.balance(owner=seller, livemode=livemode)
    missing_amount = -balance.available.get(currency, 0)
    if missing_amount <= 0:
        raise InvalidRequest(
            gettext("That account owes nothing in this currency now."), param="seller"
        )
    owed = Money(missing_amount, currency)
    return Preview(
        format_lazy(
            gettext_lazy("{platform} pays {owed} for {seller}."),
            platform=platform,
            owed=owed,
            seller=seller,
        ),
        owed,
        livemode,
        facts={"owed": owed.amount},
        account_id=platform,
    )


def _cover(*, platform: str, seller: str, currency: str, livemode: bool, at: datetime) -> object:
    tenant = Tenant(platform, livemode)
    return negative_balances.cover(tenant=tenant, seller_id=seller, currency=currency, at=at)


def _preview_lift(*, payout_id: str) -> Preview:
    payout = (
        Payout.objects.filter(id=payout_id, status=PayoutStatus.PENDING)
        .select_related("destination")
        .first()
    )
    if payout is None or payout.destination.held_until is None:
        raise missing("payout", payout_id)
    waiting = Payout.objects.filter(
        destination_id=payout.destination_id, status=PayoutStatus.PENDING, currency=payout.currency
    )
    total = Money(sum(waiting.values_list("amount", flat=True)), payout.currency)
    held = payout.destination.held_until
    return Preview(
        format_lazy(
            gettext_lazy(
                "Payouts of {account_id} to {destination} are held no longer: {total} are sent."
            ),
            account_id=payout.account_id,
            destination=payout.destination,
            total=total,
        ),
        total,
        payout.livemode,
        facts={"destination": payout.destination_id, "held_until": held.isoformat()},
        account_id=payout.account_id,
    )


# What a block stops → that it goes on.
BLOCKED: Final = {
    "charges": gettext_lazy("Charges of {account}, which {author} stopped, go on."),
    "payouts": gettext_lazy("Payouts of {account}, which {author} stopped, go on."),
}


def _preview_release(*, block_id: str, author: str) -> Preview:
    row = AccountBlock.objects.filter(id=block_id).first()
    if row is None or row.released_at:
        raise InvalidRequest(gettext("This block has ended."), param="id")
    return Preview(
        format_lazy(BLOCKED[row.kind], account=row.account_id, author=row.author),
        livemode=row.livemode,
        account_id=row.account_id,
    )


def _preview_cash(
    *, location: str, currency: str, livemode: bool, prefunded_amount: int, note: str
) -> Preview:
    row = LocationCash.objects.filter(
        location=location, currency=currency, livemode=livemode
    ).first()
    before = row.prefunded_amount if row else 0
    amounts = f"{Money(before, currency)} → {Money(prefunded_amount, currency)}"
    return Preview(
        format_lazy(
            gettext_lazy("Prefunded at {location}: {amounts}."), location=location, amounts=amounts
        ),
        Money(max(prefunded_amount - before, 0), currency),
        livemode,
        facts={"prefunded_amount": before},
    )


ACTIONS: Final = (
    ApprovalAction(
        "negative_balance.cover", "connect.change_connectreservechange", _preview_cover, _cover
    ),
    ApprovalAction(
        "destination_hold.lift", "connect.change_payout", _preview_lift, interventions.lift_hold
    ),
    *approval_actions.ACTIONS,
    *treasury_actions.ACTIONS,
    ApprovalAction("block.release", "connect.change_person", _preview_release, reviews.release),
    ApprovalAction(
        "location_cash.set", "connect.change_locationcash", _preview_cash, liquidity.set_prefunding
    ),
)
