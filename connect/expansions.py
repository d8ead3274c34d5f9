"""Expansion of the ids of connect's objects."""

from collections.abc import Sequence
from datetime import datetime

from api.answers import expand, shown
from connect.models import ExternalAccount
from connect.onboarding import access, account_queries
from connect.onboarding import queries as onboarding_queries
from connect.onboarding import resources as onboarding_resources
from connect.payouts import queries, resources
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from core.ids import application_id
from core.tenant import Tenant
from core.types import Fields
from ledger import queries as ledger_queries


def register() -> None:
    """Register the expandable ids, once, when the room is ready."""
    expand.register(["acct"], _accounts, resource="accounts")
    expand.register(["tr"], _transfers, resource="transfers")
    expand.register(["trr"], _reversals, resource="transfers")
    expand.register(["fee"], _fees, resource="application_fees")
    expand.register(["fr"], _fee_refunds, resource="application_fees")
    expand.register(["py"], _seller_payments, resource="charges")
    expand.register(["pyr"], payment_refunds, resource="refunds")
    expand.register(["po"], _payouts, resource="payouts")
    expand.register(["ba", "card"], _external_accounts, resource="accounts")
    expand.register(["crsv"], _reserve_changes, resource="balance_transactions")
    expand.register(["ca"], _applications, resource="accounts")
    expand.register_field("bank_account", "customer", _always_null, resource="accounts")


def _accounts(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = list(onboarding_queries.accounts(tenant).filter(id__in=ids))
    if tenant.account_id in ids:
        rows.append(onboarding_queries.account(tenant, tenant.account_id))
    found = [row.id for row in rows]
    known = account_queries.load_profiles(found, livemode=tenant.livemode)
    hidden = access.hidden_permissions(tenant, rows)
    return {
        row.id: shown.without(onboarding_resources.account(row, known[row.id]), hidden[row.id])
        for row in rows
    }


def _reserve_changes(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = transfer_queries.reserve_changes(tenant).filter(id__in=ids)
    return {row.id: transfer_resources.reserve_transaction(row) for row in rows}


def _applications(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = onboarding_queries.platforms(tenant)
    return {
        id: {"id": id, "object": "application", "name": row.name}
        for row in rows
        if (id := application_id(row.id)) in ids
    }


def _always_null(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    return dict.fromkeys(ids)


def _transfers(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = list(transfer_queries.transfers(tenant).filter(id__in=ids))
    inside = transfer_queries.latest_reversals(rows)
    return {row.id: transfer_resources.transfer(row, inside[row.id]) for row in rows}


def _reversals(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = transfer_queries.reversals(tenant).filter(id__in=ids)
    return {row.id: transfer_resources.transfer_reversal(row) for row in rows}


def _fees(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = list(transfer_queries.application_fees(tenant).filter(id__in=ids))
    inside = transfer_queries.latest_fee_refunds(rows)
    return {row.id: transfer_resources.application_fee(row, inside[row.id]) for row in rows}


def _fee_refunds(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = transfer_queries.fee_refunds(tenant).filter(id__in=ids)
    return {row.id: transfer_resources.application_fee_refund(row) for row in rows}


def payment_refunds(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    """Return the payment refunds of reversals by their ids, `pyr_...`."""
    lines = ledger_queries.balance_transactions(tenant).filter(source__in=ids)
    own = dict(lines.values_list("source", "id"))
    return {
        row.destination_payment_refund_id: transfer_resources.payment_refund(
            row, own.get(row.destination_payment_refund_id)
        )
        for row in transfer_queries.payment_refunds(tenant).filter(
            destination_payment_refund_id__in=ids
        )
    }


def _seller_payments(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    # The platform may look into the payments that it made, as the wire's expansion does.
    return {
        row.id: transfer_resources.seller_payment(row, row.transfer)
        for row in transfer_queries.seller_payments(tenant).filter(id__in=ids)
    }


def _payouts(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.payouts(tenant).select_related("destination").filter(id__in=ids)
    return {row.id: resources.payout(row) for row in rows}


def _external_accounts(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    # A payout may have gone to one that has been removed since.
    rows = ExternalAccount.objects.filter(
        id__in=ids, account_id=tenant.account_id, livemode=tenant.livemode
    )
    return {row.id: resources.external_account(row) for row in rows}
