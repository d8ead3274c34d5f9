"""What rules may ask another person to approve: payouts canceled, made now, and made again."""

from typing import Final

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

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


def _when(target: ExternalAccount) -> StrOrPromise:
    if target.held_until and target.held_until > timezone.now():
        return format_lazy(
            gettext_lazy("Payouts there are held until {held_until} UTC: it waits."),
            held_until=f"{target.held_until:%Y-%m-%d %H:%M}",
        )
    return gettext_lazy("It is sent within some minutes, and can be canceled until then.")


def _preview_cancel(*, payout_id: str) -> Preview:
    row = _payout(payout_id)
    if row.status != PayoutStatus.PENDING:
        raise InvalidRequest(
            gettext(
                "Payouts can only be canceled before they are sent to the bank. This one is "
                "%(state)s."
            )
            % {"state": gettext(row.status.replace("_", " "))}
        )
    money = Money(row.amount, row.currency)
    return Preview(
        format_lazy(
            gettext_lazy(
                "{money} is not sent to {destination}, and is available to {account} again."
            ),
            money=money,
            destination=row.destination,
            account=row.account,
        ),
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
        format_lazy(gettext_lazy("{target}, where it failed: it was put right"), target=target)
        if target == row.destination
        else (
            format_lazy(
                gettext_lazy("{target}, and no more to {destination}, where it failed"),
                target=target,
                destination=row.destination,
            )
        )
    )
    return Preview(
        format_lazy(
            gettext_lazy("{money} is paid to {account} again: to {where}. {when}"),
            money=money,
            account=row.account,
            where=where,
            when=_when(target),
        ),
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
        raise InvalidRequest(
            gettext("%(now)s is available now. Look at it again before you pay.") % {"now": now}
        )
    if not 0 < amount <= available:
        raise InvalidRequest(
            gettext("%(now)s is available. Write an amount up to that.") % {"now": now},
            param="amount",
        )
    target = destinations.choose(
        Tenant(account_id, livemode), None, currency=currency, method="standard", at=timezone.now()
    )
    left = Money(available - amount, currency)
    name = accounts.names([account_id]).get(account_id, account_id)
    return Preview(
        format_lazy(
            gettext_lazy("{money} of {name} is paid to {target}. {left} stays available. {when}"),
            money=money,
            name=name,
            target=target,
            left=left,
            when=_when(target),
        ),
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
