"""Pure: reasons why an account is disabled, and their words for people."""

from typing import Final

# Reasons that take capabilities away, the gravest first; the others only stop charges or payouts.
GRAVE: Final = (
    "rejected.fraud", "rejected.terms_of_service", "rejected.listed", "rejected.other", "listed",
    "under_review",
)  # fmt: skip


REASONS: Final = (*GRAVE, "platform_paused", "other")


SOMETHING: Final = "information about the account is missing."


# Why an account is disabled, for people.
WORDS: Final = {
    "rejected.fraud": "the account was rejected as fraudulent.",
    "rejected.terms_of_service": "the account was rejected for breaking the terms of service.",
    "rejected.listed": "the account was rejected: it is on a list of people not to deal with.",
    "rejected.other": "the account was rejected.",
    "listed": "somebody behind it may be on a list of people not to deal with.",
    "under_review": "the account is being reviewed.",
    "platform_paused": "they have been paused.",
    "other": "they have been stopped.",
    "action_required.requested_capabilities": "the account has asked for no capability.",
    "requirements.past_due": SOMETHING,
    "requirements.pending_verification": "what was said of the account is being checked.",
}
