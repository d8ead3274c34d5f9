"""What rules may ask another person to approve: payouts canceled, made now, and made again."""

from typing import Final

from django.utils import timezone

from accounts import queries as accounts
from accounts.approvals import ApprovalAction, Preview
from connect.models import ExternalAccount, Payout
from connect.payouts.services import destinations
from connect.payouts.services.attempts import interventions, resending
from connect.states import PayoutStatus
from core.database.lookups import one
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from ledger import queries as ledger_queries


def _payout(payout_id: str) -> Payout:
    rows = Payout.objects.select_related("account", "destination")
    return one(rows, payout_id, kind="payout")


def _when(target: ExternalAccount) -> str:
    if target.held_until and target.held_until > timezone.now():
        return f"Payouts there are held until {target.held_until:%Y-%m-%d %H:%M} UTC: it waits."
    return "It is sent within some minutes, and can be canceled until then."


def _preview_cancel(*, payout_id: str) -> Preview:
    row = _payout(payout_id)
    if row.status != PayoutStatus.PENDING:
        raise InvalidRequest(
            "Payouts can only be canceled before they are sent to the bank. This one is "
            f"{row.status.replace('_', ' ')}."
        )
    money = Money(row.amount, row.currency)
    return Preview(
        f"{money} is not sent to {row.destination}, and is available to {row.account} again.",
        money,
        row.livemode,
        facts={"status": row.status},
        account_id=row.account_id,
    )


def _preview_send_again(*, payout_id: str, suffix: str) -> Preview:
    row = _payout(payout_id)
    target = resending.find_target(row, at=timezone.now())
    money = Money(row.amount, row.currency)
    where = (
        f"{target}, where it failed: it was put right"
        if target == row.destination
        else (f"{target}, and no more to {row.destination}, where it failed")
    )
    return Preview(
        f"{money} is paid to {row.account} again: to {where}. {_when(target)}",
        money,
        row.livemode,
        facts={"destination": target.id},
        account_id=row.account_id,
    )


def _preview_pay_now(
    *, account_id: str, livemode: bool, amount: int, currency: str, available: int, suffix: str
) -> Preview:
    has = ledger_queries.balance(owner=account_id, livemode=livemode)
    money, now = Money(amount, currency), Money(has.available.get(currency, 0), currency)
    if now.amount != available:
        raise InvalidRequest(f"{now} is available now. Look at it again before you pay.")
    if not 0 < amount <= available:
        raise InvalidRequest(f"{now} is available. Write an amount up to that.", param="amount")
    target = destinations.choose(
        Tenant(account_id, livemode), None, currency=currency, method="standard", at=timezone.now()
    )
    left = Money(available - amount, currency)
    name = accounts.names([account_id]).get(account_id, account_id)
    return Preview(
        f"{money} of {name} is paid to {target}. {left} stays available. {_when(target)}",
        money,
        livemode,
        facts={"available": available, "destination": target.id},
        account_id=account_id,
    )


ACTIONS: Final = (
    ApprovalAction("payout.cancel", "connect.change_payout", _preview_cancel, interventions.cancel),
    ApprovalAction(
        "payout.send_again", "connect.add_payout", _preview_send_again, resending.send_again
    ),
    ApprovalAction("payout.pay_now", "connect.add_payout", _preview_pay_now, interventions.pay_now),
)
