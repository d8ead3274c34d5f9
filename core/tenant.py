"""Whose data, and in which of the two worlds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tenant:
    """An account in one mode. Every tenant table is read and written under one of these.

    Args:
        account_id: The account, `acct_...`.
        livemode: True for real money; test objects and live objects never meet.
    """

    account_id: str
    livemode: bool
