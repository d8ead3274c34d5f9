"""Close platforms, once nothing is left that is anybody's money."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import Q

from accounts.audit import trail
from accounts.models import Account, ApiKey, Connection, OAuthRefreshToken
from accounts.services import consents
from connect.payouts import queries
from core.database.transactions import atomic
from core.errors import InvalidRequest, missing
from core.money import Money
from core.tenant import Tenant
from ledger import queries as ledger_queries
from payments.models import Charge, Customer, Dispute, PaymentIntent, Refund
from payments.states import OPEN_REFUNDS, ChargeStatus, DisputeStatus, IntentStatus
from webhooks.services import endpoints

_MOST_NAMED: Final = 5
_DECIDED: Final = (DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.WARNING_CLOSED)
_WAITING: Final = (IntentStatus.REQUIRES_CAPTURE, IntentStatus.PROCESSING)


class Remains(NamedTuple):
    """What a closed platform leaves behind."""

    account: Account
    sellers: int
    customers: int
    charges: int
    keys_ended: int


def close(*, account_id: str, despite_test_mode: bool = False, at: datetime) -> Remains:
    """Close a platform: end its keys and endpoints, keep its books.

    Args:
        account_id: `acct_...`.
        despite_test_mode: True to close although test mode has money, which is nobody's.
        at: The moment.

    Raises:
        Missing: If there is no such platform.
        InvalidRequest: If it is closed, or money is there or under way, its own or its sellers'.
    """
    with atomic():
        # Locked whole, as `lock_rows` does not: nothing new may refer to it meanwhile.
        account = (
            Account.objects.select_for_update(of=("self",))
            .filter(id=account_id, opened_by=None)
            .first()
        )
        if account is None:
            raise missing("account", account_id)
        if account.closed_at is not None:
            raise InvalidRequest(f"{account_id} is closed already.", param="account")
        sellers = list(Account.objects.filter(opened_by=account).values_list("id", flat=True))
        for livemode in (True,) if despite_test_mode else (True, False):
            _check_nothing_is_left([account_id, *sellers], livemode=livemode)
        keys = ApiKey.objects.filter(Q(account=account) | Q(platform_id=account_id))
        ended = keys.filter(Q(expires_at=None) | Q(expires_at__gt=at)).update(expires_at=at)
        OAuthRefreshToken.objects.filter(application__account_id=account_id, revoked=None).update(
            revoked=at
        )
        connections = Connection.objects.filter(platform=account, ended_at=None)
        # Who let it in by OAuth is rid of all that it made there.
        for one in connections.exclude(account__opened_by=account):
            consents.end(account_id, Tenant(one.account_id, one.livemode), at=at)
        connections.update(ended_at=at)
        endpoints.delete_all(account_id=account_id, at=at)
        account.closed_at = at
        account.charges_enabled = account.payouts_enabled = False
        account.save(update_fields=["closed_at", "charges_enabled", "payouts_enabled"])
        trail.record("platform.closed", account, changes={"closed_at": (None, at)})
    return Remains(
        account,
        len(sellers),
        Customer.objects.filter(account=account).count(),
        Charge.objects.filter(account=account).count(),
        ended,
    )


def _check_nothing_is_left(owners: Sequence[str], *, livemode: bool) -> None:
    found = [*_money(owners, livemode=livemode), *_under_way(owners, livemode=livemode)]
    if not found:
        return
    mode = "live" if livemode else "test"
    more = f", and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    raise InvalidRequest(
        f"This platform cannot be closed: in {mode} mode there is "
        f"{', '.join(found[:_MOST_NAMED])}{more}. Pay it out, or wait until it has ended.",
        param="account",
    )


def _money(owners: Sequence[str], *, livemode: bool) -> Iterator[str]:
    totals = ledger_queries.totals(owners=owners, livemode=livemode)
    for (owner, code, currency), amount in totals.items():
        if amount:
            yield f"{Money(amount, currency)} {code.replace('_', ' ')} of {owner}"


def _under_way(owners: Sequence[str], *, livemode: bool) -> Iterator[str]:
    owned = {"account_id__in": owners, "livemode": livemode}
    counts = {
        "open payout": queries.count_open(owners, livemode=livemode),
        "payment under way": PaymentIntent.objects.filter(**owned, status__in=_WAITING).count(),
        "charge without its last word": Charge.objects.filter(
            **owned, status=ChargeStatus.PENDING
        ).count(),
        "refund under way": Refund.objects.filter(**owned, status__in=OPEN_REFUNDS).count(),
        "open dispute": Dispute.objects.filter(**owned).exclude(status__in=_DECIDED).count(),
    }
    for what, count in counts.items():
        if count:
            yield f"{count} {what}{'s' if count > 1 else ''}"
