"""Payouts: set the money aside, send it, then settle or return it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings

from accounts.models import Account
from connect.models import ExternalAccount, Payout, PayoutRun, PayoutSchedule
from connect.payouts import calendar, queries, resources
from connect.payouts.services import allocations, destination_holds, fees, liquidity, schedules
from connect.states import ExternalAccountStatus, PayoutStatus
from core import request_context
from core.database.lookups import one
from core.database.transactions import require_transaction
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.money import check_step
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply
from ledger import rules
from ledger.chart import AVAILABLE, PAYOUTS_IN_TRANSIT
from ledger.entries import Entry, Line, Part
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork
from processors import registry
from processors.registry import NoRail

# Source: what banks' standard credits take. An instant one is there on the same day.
BANK_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class Order:
    """A payout that a request, or a schedule, orders.

    Args:
        amount: Minor units.
        destination: The external account; its currency is the payout's.
        method: `"standard"` or `"instant"`.
        run: The day's run, if a schedule ordered it.
        earned_until: The last day whose earnings are paid.
        details: More columns of the payout.
    """

    amount: int
    destination: ExternalAccount
    method: str = "standard"
    run: PayoutRun | None = None
    earned_until: date = date.max
    details: JsonObject = field(default_factory=dict)


def create(
    *,
    tenant: Tenant,
    amount: int,
    currency: str,
    destination: str | None = None,
    method: str = "standard",
    description: str | None = None,
    statement_descriptor: str | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> Payout:
    """Pay a part of an account's balance out to its bank.

    The money is set aside at once. It is sent a little later, and can be canceled until then;
    an instant payout is sent with the next round.

    Args:
        tenant: The account that is paid.
        amount: Minor units.
        currency: Of the amount.
        destination: `ba_...` or `card_...`; None for the currency's default.
        method: `"standard"` or `"instant"`.
        description: The caller's description.
        statement_descriptor: The text on the bank's statement.
        metadata: The caller's metadata.
        at: The moment of the request.

    Raises:
        InvalidRequest: If the account, or this destination, may not be paid, or the amount is
            finer than the currency.
        BalanceInsufficient: If the account does not have the money, or not for its fee, or a bank
            is to send it and there is too little where it is held (71). Nothing was posted.
    """
    payout_id = request_context.reserved_id("po")
    if done := recovery.resume(lambda: queries.payouts(tenant).filter(id=payout_id).first()):
        return done
    check_step(amount, currency, param="amount", is_payout=True)
    with UnitOfWork(tenant, at=at) as work:
        schedule = schedules.lock(tenant, at=at)
        target = _find_destination(tenant, currency, destination)
        check_account(tenant)
        _check_target(target, method)
        destination_holds.check(target, method=method, at=at)
        order = Order(
            amount,
            target,
            method,
            details={
                "description": description,
                "statement_descriptor": statement_descriptor,
                "metadata": metadata or {},
            },
        )
        allocations.collect(schedule)
        payout = build(work, schedule, order, payout_id=payout_id)
        work.explain(fees.explain(payout))
    return payout


def build(
    work: UnitOfWork, schedule: PayoutSchedule, order: Order, *, payout_id: str | None = None
) -> Payout:
    """Add a payout and its allocations to the unit of work.

    Args:
        work: The unit of work.
        schedule: The account's locked schedule, with its lines collected.
        order: The payout that is ordered.
        payout_id: A reserved id, `po_...`; None for a new one.

    Raises:
        LocationShort: If a bank sends it, and its location holds too little.
    """
    require_transaction()
    at, target = work.at, order.destination
    is_instant = order.method == "instant"
    send_at = at if is_instant else at + timedelta(seconds=settings.PAYOUTS_WAIT_SECONDS)
    if target.held_until is not None:
        send_at = max(send_at, target.held_until)
    payout = Payout(
        id=payout_id or new_id("po"),
        account_id=schedule.account_id,
        livemode=schedule.livemode,
        amount=order.amount,
        currency=target.currency,
        method=order.method,
        is_automatic=order.run is not None,
        destination=target,
        run=order.run,
        processor=_choose_rail(
            livemode=schedule.livemode, currency=target.currency, is_instant=is_instant
        ),
        send_at=send_at,
        arrival_date=calendar.arrival_date(
            sent=send_at.date() if target.held_until else at.date(),
            country=target.country,
            bank_days=0 if is_instant else BANK_DAYS,
        ),
        balance_transaction_id=new_id("txn"),
        created_at=at,
        **order.details,
    )
    if liquidity.is_needed(payout.processor):
        liquidity.reserve(payout.tenant, amount=payout.amount, currency=payout.currency)
    allocations.attach(payout, today=at.date(), earned_until=order.earned_until)
    work.post(_entry(payout, at))
    fees.charge_fee(work, payout)
    work.insert(payout)
    work.emit("payout.created", payout.tenant, resources.payout(payout))
    return payout


def update(*, tenant: Tenant, payout_id: str, changes: JsonObject, at: datetime) -> Payout:
    """Change a payout's metadata.

    Raises:
        Missing: If the account has no such payout.
    """
    with UnitOfWork(tenant, at=at) as work:
        payout = lock(payout_id, tenant=tenant)
        apply(payout, changes)
        if changes:
            work.update(payout, *changes)
            work.emit("payout.updated", tenant, resources.payout(payout))
    return payout


def cancel(*, tenant: Tenant, payout_id: str, at: datetime) -> Payout:
    """Cancel a payout that has not been sent: its money is available again.

    Raises:
        Missing: If the account has no such payout.
        InvalidRequest: If it has been sent, or has ended.
    """
    with UnitOfWork(tenant, at=at) as work:
        payout = lock(payout_id, tenant=tenant)
        if payout.status == PayoutStatus.CANCELED:
            return payout
        if payout.status != PayoutStatus.PENDING:
            raise InvalidRequest(
                f"Payouts can only be canceled while they are pending, before they are sent to "
                f"the bank. This one is {payout.status}.",
                param="payout",
            )
        add_cancellation(work, payout)
    return payout


def cancel_pending(work: UnitOfWork, destination: ExternalAccount) -> None:
    """Add the cancellation of a destination's pending payouts to the unit of work.

    Args:
        work: The unit of work.
        destination: A locked external account that is no longer paid.
    """
    require_transaction()
    pending = (
        Payout.objects.select_for_update(of=("self",), no_key=True)
        .select_related("destination")
        .filter(destination=destination, status=PayoutStatus.PENDING)
        .order_by("id")
    )
    for payout in pending:
        add_cancellation(work, payout)


def add_cancellation(work: UnitOfWork, payout: Payout) -> None:
    """Add the cancellation of a payout that has not been sent to the unit of work."""
    work.change(
        payout,
        status=PayoutStatus.CANCELED,
        send_at=None,
        failure_balance_transaction_id=new_id("txn"),
    )
    allocations.release(payout)
    work.post(build_return(payout, type="payout_cancel", at=work.at))
    fees.refund(work, payout)
    work.emit("payout.canceled", payout.tenant, resources.payout(payout))


def reverse(*, tenant: Tenant, payout_id: str) -> Payout:
    """Refuse to reverse a payout: no bank of ours can be debited for it.

    Raises:
        Missing: If the account has no such payout.
        InvalidRequest: Always otherwise.
    """
    payout = queries.payout(tenant, payout_id)
    hint = (
        "Cancel it instead."
        if payout.status == PayoutStatus.PENDING
        else "Ask the account's owner to send the money back."
    )
    raise InvalidRequest(
        f"Payout {payout_id} cannot be reversed: the bank that sent it cannot debit the account "
        f"it went to. {hint}",
        param="payout",
    )


def lock(payout_id: str, *, tenant: Tenant | None = None) -> Payout:
    """Lock a payout, and return it with its destination.

    Args:
        payout_id: `po_...`.
        tenant: The account that is paid; None for work of ours that has only the id.

    Raises:
        Missing: If there is none, or it is another account's.
    """
    rows = Payout.objects.select_related("destination")
    if tenant:
        return locking.lock(rows, tenant, payout_id, kind="payout")
    require_transaction()
    return one(rows.select_for_update(of=("self",), no_key=True), payout_id, kind="payout")


def check_account(tenant: Tenant) -> None:
    """Refuse an account that may not be paid out.

    Raises:
        InvalidRequest: If its payouts are not enabled.
    """
    account = Account.objects.only("payouts_enabled", "opened_by_id").get(id=tenant.account_id)
    if account.opened_by_id and not account.payouts_enabled:
        raise InvalidRequest(
            "Cannot create payouts: this account has payouts disabled. Its `requirements` say "
            "what is missing.",
            code="payouts_not_allowed",
        )


def build_return(payout: Payout, *, type: str, at: datetime) -> Entry:
    """Build the entry that returns the money of a payout that was never sent (rule 65)."""
    return Entry(
        rule=rules.PAYOUT_CANCELED,
        source=payout.id,
        group=payout.id,
        currency=payout.currency,
        debit_owner=payout.account_id,
        credit_owner=payout.account_id,
        debits=(Part(PAYOUTS_IN_TRANSIT, payout.amount),),
        credits=(Part(AVAILABLE, payout.amount),),
        lines=(build_return_line(payout, payout.amount, type=type, at=at),),
    )


def build_return_line(payout: Payout, amount: int, *, type: str, at: datetime) -> Line:
    """Build the balance transaction of a returned payout."""
    assert payout.failure_balance_transaction_id is not None
    return Line(
        id=payout.failure_balance_transaction_id,
        owner=payout.account_id,
        type=type,
        amount=amount,
        source=payout.id,
        available_on=at.date(),
        description=payout.failure_message,
    )


def _entry(payout: Payout, at: datetime) -> Entry:
    return Entry(
        rule=rules.PAYOUT_CREATED,
        source=payout.id,
        group=payout.id,
        currency=payout.currency,
        debit_owner=payout.account_id,
        credit_owner=payout.account_id,
        debits=(Part(AVAILABLE, payout.amount),),
        credits=(Part(PAYOUTS_IN_TRANSIT, payout.amount),),
        lines=(
            Line(
                id=payout.balance_transaction_id,
                owner=payout.account_id,
                type="payout",
                amount=-payout.amount,
                source=payout.id,
                available_on=at.date(),
                description=payout.description or "Payout",
            ),
        ),
    )


def _choose_rail(*, livemode: bool, currency: str, is_instant: bool) -> str:
    try:
        return registry.choose_for_payouts(
            livemode=livemode, currency=currency, is_instant=is_instant
        )
    except NoRail as error:
        raise InvalidRequest(str(error), code="payouts_not_allowed") from None


def _find_destination(tenant: Tenant, currency: str, external_id: str | None) -> ExternalAccount:
    rows = queries.external_accounts(tenant)
    if external_id is None:
        found = rows.filter(currency=currency, is_default=True).first()
        if found is None:
            raise InvalidRequest(
                f"Sorry, you don't have any external accounts in that currency ({currency}). Add "
                "one with the account's external_accounts.",
                param="currency",
            )
        return found
    found = rows.filter(id=external_id).first()
    if found is None:
        raise missing("external_account", external_id, param="destination")
    if found.currency != currency:
        raise InvalidRequest(
            f"The external account {external_id} takes {found.currency}, and the payout is in "
            f"{currency}.",
            param="currency",
        )
    return found


def _check_target(target: ExternalAccount, method: str) -> None:
    if target.status == ExternalAccountStatus.ERRORED:
        raise InvalidRequest(
            "The external account could not be paid the last time. Update it, or add another "
            "one, before you pay out again.",
            code="bank_account_unusable",
            param="destination",
        )
    if method == "instant" and not target.takes_instant:
        raise InvalidRequest(
            "Instant payouts to this external account are not supported. Its "
            "available_payout_methods say what is.",
            code="instant_payouts_unsupported",
            param="method",
        )
