"""Sources by the wire's older endpoint: cards of tokens, for a customer or for one charge."""

import hmac
from datetime import datetime
from typing import Final

from core import request_context
from core.errors import InvalidRequest, missing
from core.ids import random_text
from core.tenant import Tenant
from core.types import Fields, JsonObject
from operations import recovery
from operations.unit_of_work import UnitOfWork
from payments import queries, resources
from payments.methods.services import payment_methods
from payments.models import PaymentMethod

_OWNER: Final = ("address", "email", "name", "phone")


def create(
    *,
    tenant: Tenant,
    token: str,
    usage: str = "reusable",
    amount: int | None = None,
    currency: str | None = None,
    statement_descriptor: str | None = None,
    owner: Fields | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> PaymentMethod:
    """Make a source of a card, which can be charged at once.

    Args:
        tenant: The merchant.
        token: `tok_...`, which is used up.
        usage: `reusable` once it is a customer's, or `single_use`.
        amount: The amount that it is meant for, in minor units.
        currency: Of that amount.
        statement_descriptor: The statement text that it is meant for.
        owner: Whose card it is; else what its token says.
        metadata: The merchant's own data.
        at: The moment of the request.

    Raises:
        CardError: If there is no such token.
        InvalidRequest: If the token was used before.
    """
    method_id = request_context.reserved_id("pm")
    if done := recovery.resume(lambda: PaymentMethod.objects.filter(id=method_id).first()):
        return done
    data: JsonObject = {
        "type": "card",
        "card": {"token": token},
        "metadata": metadata or {},
        "source": {
            "client_secret": f"src_client_secret_{random_text(24)}",
            "usage": usage,
            "amount": amount,
            "currency": currency,
            "statement_descriptor": statement_descriptor,
        },
    }
    if owner:
        data["billing_details"] = _billing(owner)
    with UnitOfWork(tenant, at=at) as work:
        row = payment_methods.draft(tenant, data, id=method_id, at=at)
        work.insert(row)
        work.emit("source.chargeable", tenant, resources.source(row))
    return row


def retrieve(
    *, tenant: Tenant, source_id: str, secret: str | None, needs_secret: bool
) -> PaymentMethod:
    """Return a source; with a publishable key only by its client secret.

    Raises:
        Missing: If the merchant has no such source, or the secret is another one's.
        InvalidRequest: If a page has none.
    """
    row = queries.older_source(tenant, source_id)
    if needs_secret and secret is None:
        raise InvalidRequest(
            "Missing required param: client_secret.",
            code="parameter_missing",
            param="client_secret",
        )
    right = str((row.source or {})["client_secret"])
    if secret is not None and not hmac.compare_digest(secret.encode(), right.encode()):
        raise missing("source", source_id)
    return row


def update(*, tenant: Tenant, source_id: str, changes: Fields, at: datetime) -> PaymentMethod:
    """Change a source's owner, metadata or amount.

    Raises:
        Missing: If the merchant has no such source.
        InvalidRequest: If it was charged or detached.
    """
    with UnitOfWork(tenant, at=at) as work:
        row = payment_methods.lock(tenant, queries.older_source(tenant, source_id).id)
        columns: JsonObject = {}
        if "metadata" in changes:
            columns["metadata"] = changes["metadata"]
        if "owner" in changes:
            columns["billing_details"] = row.billing_details | _billing(changes["owner"])
        if "amount" in changes:
            columns["source"] = (row.source or {}) | {"amount": changes["amount"]}
        payment_methods.change(work, tenant, row, columns, is_source=bool(row.customer_id))
    return row


def _billing(owner: Fields) -> JsonObject:
    return {name: owner[name] for name in _OWNER if name in owner}
