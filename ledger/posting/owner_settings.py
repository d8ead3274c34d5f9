"""What the operator says of an owner: where its money is, and how far below zero it may go."""

from django.db import connection, transaction

from accounts.audit import trail
from core.money import Money
from ledger.posting import journal


def set_location(*, owner: str, location: str, livemode: bool) -> None:
    """Set the location of an owner's money, before it has any; `"main"` by default.

    Args:
        owner: An account `acct_...`, or a processor account that holds the money.
        location: Its name. Assets and liabilities of a location are always equal.
        livemode: Which of the two worlds.

    Raises:
        HeldElsewhere: If it has money at another one.
    """
    with journal.translate_refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_place(%s, %s, %s)", [livemode, owner, location])


def set_negative_limit(*, owner: str, currency: str, amount: int, by: str, livemode: bool) -> None:
    """Set how far below zero an owner's available balance may go on request.

    It binds what can still be refused, such as a new refund. What has happened outside, such as
    a processor's fee, is booked in any case. What the owner owes already stays owed.
    It is written down, and the next seal covers that.

    Args:
        owner: `acct_...`.
        currency: The currency of the balance.
        amount: Minor units below zero, from 0 up.
        by: Who says so, for those who look later.
        livemode: Which of the two worlds.

    Raises:
        UnbalancedEntry: If the amount is below zero.
    """
    with journal.translate_refusals(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_set_negative_limit(%s, %s, %s, %s::bigint, %s)",
            [livemode, owner, currency, amount, by],
        )
        trail.record(
            "negative_limit.changed",
            target=("ledger_account", f"{owner} {currency}"),
            account_id=owner,
            livemode=livemode,
            changes={"negative_limit": (None, Money(amount, currency))},
        )
