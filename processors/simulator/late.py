"""Refunds that end some seconds after they were asked for, in the simulated processor's books."""

from typing import Final

from processors.protocols.declines import Decline

# The words of the wire for `failure_reason`.
SENT_BACK: Final = Decline("expired_or_canceled_card", "The payer's bank sent the refund back.")
CANCELED: Final = Decline("canceled", "The refund was stopped before it reached the payer.")

_OLD: Final = "created_at < now() - interval '2 seconds'"
_OF_REFUND: Final = "account = %s AND key = %s AND action = 'refund'"
# Outcomes that were kept before there were late failures have no `is_final`; theirs is true.
_OPEN: Final = "NOT coalesce((outcome->>'is_final')::boolean, true)"

SUCCEED: Final = f"""
    UPDATE processors_simulatedrequest
    SET outcome = outcome || '{{"status": "succeeded", "is_final": true}}'
    WHERE {_OF_REFUND} AND outcome->>'status' = 'pending' AND {_OLD}
"""  # noqa: S608  our own words

FAIL: Final = f"""
    UPDATE processors_simulatedrequest
    SET outcome = outcome || '{{"status": "declined", "is_final": true}}'
        || jsonb_build_object('decline', %s::jsonb)
    WHERE {_OF_REFUND} AND outcome->>'status' = 'succeeded' AND {_OPEN} AND {_OLD}
"""  # noqa: S608

CANCEL: Final = f"""
    UPDATE processors_simulatedrequest
    SET outcome = outcome || '{{"status": "declined", "is_final": true}}'
        || jsonb_build_object('decline', %s::jsonb)
    WHERE {_OF_REFUND} AND (outcome->>'status' = 'action_required'
        OR outcome->>'status' = 'pending' AND NOT ({_OLD}))
"""  # noqa: S608

# What the payer did who was asked where a refund is to go.
ANSWER: Final = f"""
    UPDATE processors_simulatedrequest SET outcome = outcome || %s::jsonb
    WHERE {_OF_REFUND} AND outcome->>'status' = 'action_required'
"""  # noqa: S608
