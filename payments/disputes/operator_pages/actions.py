"""What rules may ask another person to approve: to answer a bank, and to give up the money."""

import hashlib
import json
from datetime import datetime
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts.approvals import ApprovalAction, OutcomeUnknown, Preview
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from core.types import JsonObject
from payments import queries
from payments.disputes.services import dispute_answers
from payments.models import Dispute
from payments.states import DisputeStatus

SUBMIT: Final = "dispute.submit"
ACCEPT: Final = "dispute.accept"
_ACCEPTABLE: Final = (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW)


def parameters(row: Dispute) -> JsonObject:
    """Return what both actions are called with."""
    return {"account": row.account_id, "livemode": row.livemode, "dispute": row.id}


def summary_to_submit(row: Dispute) -> Preview:
    """Return in words what is sent, and what decides whether it waits."""
    text = json.dumps(row.evidence, sort_keys=True)
    return Preview(
        format_lazy(
            gettext_lazy(
                "The answer to {id} over {money} is sent to the bank, with this many fields: "
                "{count}. That is done once."
            ),
            id=row.id,
            money=_money(row),
            count=len(row.evidence),
        ),
        _money(row),
        row.livemode,
        # Too long to be kept twice.
        facts={"status": row.status, "evidence": hashlib.sha256(text.encode()).hexdigest()},
        account_id=row.account_id,
    )


def summary_to_accept(row: Dispute) -> Preview:
    """Return in words what is given up, and what decides whether it waits."""
    return Preview(
        format_lazy(
            gettext_lazy("{id} is accepted: the payer keeps {money}."), id=row.id, money=_money(row)
        ),
        _money(row),
        row.livemode,
        facts={"status": row.status},
        account_id=row.account_id,
    )


def _preview_submit(*, account: str, livemode: bool, dispute: str) -> Preview:
    row = queries.dispute(Tenant(account, livemode), dispute)
    if not row.status.endswith("needs_response") or row.submitting_since:
        raise InvalidRequest(
            gettext("%(dispute)s is answered, or has ended.") % {"dispute": dispute},
            param="dispute",
        )
    return summary_to_submit(row)


def _submit(*, account: str, livemode: bool, dispute: str, at: datetime) -> Dispute:
    tenant = Tenant(account, livemode)
    return dispute_answers.update(tenant=tenant, dispute_id=dispute, submit=True, at=at)


def _preview_accept(*, account: str, livemode: bool, dispute: str) -> Preview:
    row = queries.dispute(Tenant(account, livemode), dispute)
    if row.status not in _ACCEPTABLE:
        raise InvalidRequest(
            gettext("%(dispute)s is %(state)s, and cannot be accepted.")
            % {"dispute": dispute, "state": gettext(row.status.replace("_", " "))},
            param="dispute",
        )
    return summary_to_accept(row)


def _accept(*, account: str, livemode: bool, dispute: str, at: datetime) -> Dispute:
    row = dispute_answers.close(tenant=Tenant(account, livemode), dispute_id=dispute, at=at)
    if row.status != DisputeStatus.LOST:
        raise OutcomeUnknown
    return row


def _is_accepted(*, account: str, livemode: bool, dispute: str) -> bool | None:
    """Tell whether it is lost; if not, the processor may have been asked and not have answered."""
    row = queries.dispute(Tenant(account, livemode), dispute)
    return True if row.status == DisputeStatus.LOST else None


def _money(row: Dispute) -> Money:
    return Money(row.amount, row.currency)


ACTIONS: Final = (
    ApprovalAction(SUBMIT, "", _preview_submit, _submit, right="dispute.answer"),
    ApprovalAction(
        ACCEPT,
        "",
        _preview_accept,
        _accept,
        right="dispute.accept",
        is_done=_is_accepted,
        look_at="Whether the dispute is lost, here and at the processor: then it was accepted.",
    ),
)
