"""Carrying out what was approved: once, with the ids of its request."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.utils import translation
from django.utils.translation import gettext_noop

from accounts.approvals import languages, records
from accounts.approvals.registry import ApprovalAction, OutcomeUnknown
from accounts.models import ApprovalRequest, AuditEvent
from accounts.states import ApprovalState
from core import request_context
from core.database.locking import lock_one
from core.database.transactions import atomic
from core.errors import RialtoError
from core.security import actor
from core.security.actor import Actor, ActorKind

logger = logging.getLogger(__name__)

_CHANGED: Final = gettext_noop("What it is about has changed since it was asked for. Ask again.")
_ALTERED: Final = gettext_noop(
    "Its parameters are not those that were asked for. Nothing was done."
)
UNKNOWN: Final = gettext_noop(
    "It broke off, and may have been done or not: look at what it is about before you ask again."
)


DONE_BEFORE: Final = gettext_noop("It was done before it broke off.")


def problem_of(row: ApprovalRequest, action: ApprovalAction) -> str:
    """Return why a request cannot be carried out as things are now; empty if it can."""
    if records.digest(row.action, row.parameters, row.facts) != row.sha256:
        return _ALTERED
    try:
        with translation.override(languages.ENGLISH):
            facts = action.preview(**row.parameters).facts
    except RialtoError as error:
        return error.message
    # As the column has them.
    return "" if json.loads(json.dumps(facts)) == row.facts else _CHANGED


def carry_out(
    row: ApprovalRequest, action: ApprovalAction, *, at: datetime, is_again: bool = False
) -> ApprovalRequest:
    """Call an approved action's service, and record what came of it.

    Args:
        row: The request.
        action: Its action.
        at: The moment.
        is_again: Whether an earlier run was cut off, so that what it made may be there.
    """
    state, message = ApprovalState.EXECUTED, ""
    messages: dict[str, str] = {}
    # The same in every run of this request, so that what one has made the next one finds.
    ids = replace(
        request_context.current(),
        id_suffix=row.id.partition("_")[2],
        is_recovery=is_again,
    )
    with _as_decided(row), actor.carrying_out(row.id, row.reason), request_context.working_for(ids):
        try:
            with translation.override(languages.ENGLISH):
                result = action.run(at=at, **row.parameters)
            message = languages.in_english(lambda: _tell(action, result))
            messages = languages.in_others(lambda: _tell(action, result))
        except RialtoError as error:
            state, message = ApprovalState.FAILED, error.message
        except Exception as error:
            # It stays approved: what nobody knows has not failed.
            if not isinstance(error, OutcomeUnknown):
                logger.exception("What %s asked for broke off.", row.id)
            return leave_unknown(row)
        # What a run before this one has done is refused now.
        if state is ApprovalState.FAILED and is_again and is_done(row, action):
            state, message = ApprovalState.EXECUTED, DONE_BEFORE
        return finish(row, state, message, messages, at=at)


def _tell(action: ApprovalAction, result: object) -> str:
    return action.tell(result) if action.tell else str(result or "")


def is_done(row: ApprovalRequest, action: ApprovalAction) -> bool | None:
    """Find out whether an approved action was done; None if nobody can tell.

    What services do they record in the transaction that does it, with the request's id.
    """
    if action.is_done:
        return action.is_done(**row.parameters)
    done = AuditEvent.objects.filter(approval_id=row.id).exclude(action__startswith="approval.")
    return done.exists()


def leave_unknown(row: ApprovalRequest) -> ApprovalRequest:
    """Leave a request approved: somebody has to look."""
    row.message = UNKNOWN
    row.save(update_fields=["message"])
    return row


@contextmanager
def _as_decided(row: ApprovalRequest) -> Iterator[None]:
    """Act as whoever approved a request, unless a person acts: services record what people do."""
    who = actor.current()
    if who.kind is not ActorKind.OPERATOR:
        id, email = row.decided_by_id, row.decided_by_email
        who = Actor(kind=ActorKind.OPERATOR, id=id, email=email)
    with actor.acting(lambda: who):
        yield


def finish(
    row: ApprovalRequest,
    state: ApprovalState,
    message: str,
    messages: Mapping[str, str] | None = None,
    *,
    at: datetime,
) -> ApprovalRequest:
    """Record how an approved request has ended, unless that is recorded already.

    Args:
        row: The request.
        state: Its last one.
        message: What came of it, in English.
        messages: The same in other languages, by their codes; None if it is known in none.
        at: The moment.
    """
    with atomic():
        row = lock_one(ApprovalRequest.objects.all(), row.id, kind="approval_request")
        if row.state != ApprovalState.APPROVED:
            return row
        records.move(row, state)
        row.message, row.messages, row.ended_at = message, dict(messages or {}), at
        row.save(update_fields=["state", "message", "messages", "ended_at"])
        with actor.carrying_out(row.id, row.reason):
            records.record(row, f"approval.{state.value}")
    return row
