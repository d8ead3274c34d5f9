"""Four eyes: what somebody else must approve before it is done, by rules that are data.

A room registers each action once, when it is loaded:

    registry.register(
        ApprovalAction(
            name="negative_balance.cover",
            permission="connect.change_connectreservechange",
            preview=preview_cover,
            run=cover_for,
        )
    )

and whoever is asked for it, such as a page, calls

    outcome = approvals.run_or_request(
        "negative_balance.cover", by=request.user, reason=reason, at=at, platform="acct_…", …
    )

If no rule asks for another person, `run` has been called with these parameters, and what it
returned is `outcome.result`. Otherwise `outcome.request` waits on the page of approvals, and `run`
is called once, with the same parameters, when another person who has the permission approves it.

Parameters are what JSON has. `preview` reads what is so now: its words, its amount and the facts on
which the decision rests. If the facts are others when it is approved, it fails and says so.
"""

from accounts.approvals.dispatch import Outcome, run_or_request, why_another
from accounts.approvals.registry import ApprovalAction, OutcomeUnknown, Preview, Table

__all__ = [
    "ApprovalAction",
    "Outcome",
    "OutcomeUnknown",
    "Preview",
    "Table",
    "run_or_request",
    "why_another",
]
